"""Canceling a job: what it has written stays, the rest is not begun."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import get_program
from matricula.lms.kernel.api import Actor, Conflict
from matricula.lms.rosters.following import get_job
from matricula.lms.rosters.models import FINAL, JobState, RosterJob


class JobFinished(Conflict):
    """There is nothing left to cancel."""

    code = "job-finished"


def cancel_job(*, uuid: UUID, by: Actor, at: datetime) -> RosterJob:
    """Cancel a job that is not finished; one that is being worked off stops after its chunk.

    Canceling again changes nothing.

    Raises:
        UnknownJob: there is none that the actor may know of.
        PermissionMissing: the actor may not write enrollments of the program's organization.
        JobFinished: it is finished.
    """
    job = get_job(uuid=uuid, by=by)
    program = get_program(key=str(job.program.uuid))
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    own = RosterJob.objects.filter(pk=job.pk)
    waiting = own.filter(state=JobState.PENDING)
    if not waiting.update(state=JobState.CANCELED, cancel_requested_at=at, finished_at=at):
        unfinished = own.filter(~Q(state__in=FINAL))
        unfinished.update(cancel_requested_at=Coalesce("cancel_requested_at", at))
    job.refresh_from_db()
    if JobState(job.state).is_final and job.state != JobState.CANCELED:
        raise JobFinished(f"The job is finished: it has {job.state}.")
    return job
