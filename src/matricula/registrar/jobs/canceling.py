"""Canceling jobs, and trying again those that have failed."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from matricula.registrar.jobs.following import get_job
from matricula.registrar.jobs.kinds import Direction
from matricula.registrar.jobs.models import NO_RETURN, RUNNING, Job, JobState
from matricula.registrar.jobs.submitting import (
    ONE_WRITER,
    PERMISSIONS,
    JobInProgress,
    queue_job,
)
from matricula.registrar.jobs.working import CANCELED, CANCELED_WORDS
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import require_program_permission
from matricula.service.refusals import Conflict


class JobNotRunning(Conflict):
    """The job has ended."""

    code = "job-not-running"


class TooLateToCancel(Conflict):
    """What the job is about is being done elsewhere, and only that can end it."""

    code = "too-late-to-cancel"


class JobNotFailed(Conflict):
    """The job has not failed."""

    code = "job-not-failed"


def cancel_job(*, uuid: UUID, by: Actor, at: datetime) -> Job:
    """Have a job stop, and return it. What it has written stays written.

    One that nobody works at ends now, any other at its next step.

    Raises:
        JobNotRunning: it has ended.
        JobOfAnother, UnknownJob: the actor may not see it, or there is none.
        TooLateToCancel: it is past the point where anybody here could stop it.
    """
    job = get_job(uuid=uuid, by=by)
    running = Job.objects.filter(pk=job.pk, state__in=RUNNING)
    if not running.exclude(parameters__has_key=NO_RETURN).update(cancel_requested_at=at):
        if running.exists():
            raise TooLateToCancel(_("It is being done already, and cannot be stopped any more."))
        raise JobNotRunning(_("This job has ended."))
    Job.objects.filter(pk=job.pk, state=JobState.PENDING).update(
        state=JobState.FAILED, failure_code=CANCELED, failure=CANCELED_WORDS, finished_at=at
    )
    job.refresh_from_db()
    return job


def retry_job(*, uuid: UUID, by: Actor) -> Job:
    """Have a failed job done again from where it was left, and return it.

    Raises:
        JobInProgress: it would write, and another job of the program does.
        JobNotFailed: it has not failed.
        JobOfAnother, UnknownJob: the actor may not see it, or there is none.
        PermissionMissing: they may no longer do in the program what it does.
    """
    job = get_job(uuid=uuid, by=by)
    require_program_permission(by, PERMISSIONS[Direction(job.direction)], program=job.program)
    with transaction.atomic():
        if not _begin_again(job):
            raise JobNotFailed(_("This job has not failed."))
        queue_job(job)
    job.refresh_from_db()
    return job


def _begin_again(job: Job) -> bool:
    failed = Job.objects.filter(pk=job.pk, state=JobState.FAILED)
    try:
        with transaction.atomic():
            return bool(
                failed.update(
                    state=JobState.PENDING,
                    attempt=job.attempt + 1,
                    failure_code="",
                    failure="",
                    cancel_requested_at=None,
                    finished_at=None,
                )
            )
    except IntegrityError as error:
        if ONE_WRITER not in str(error):
            raise
        raise JobInProgress("Job already in progress for program") from None
