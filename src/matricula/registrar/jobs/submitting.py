"""Submitting jobs: a row and its place in the queue, in one transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app

from matricula.registrar.jobs.kinds import KINDS, Direction
from matricula.registrar.jobs.models import RUNNING, Job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import (
    Permission,
    PermissionMissing,
    Program,
    require_program_permission,
)
from matricula.service.refusals import Conflict

# Held by who writes without a job, and for a moment by who makes one.
LOCK_WRITERS = "SELECT pg_advisory_xact_lock(hashtextextended('writers of a program', %s))"
ONE_WRITER = "one_running_write_job_per_program"
PERMISSIONS = {
    Direction.READ: Permission.READ_ENROLLMENTS,
    Direction.WRITE: Permission.WRITE_ENROLLMENTS,
}


class JobInProgress(Conflict):
    """Another job writes to the program."""

    code = "job-in-progress"


def submit_job(
    *,
    kind: str,
    program: Program,
    by: Actor,
    at: datetime,
    parameters: Mapping[str, Any] | None = None,
    input_file: str = "",
    total: int | None = None,
    uuid: UUID | None = None,
) -> Job:
    """Have a job of a kind done for a program, after this transaction, and return it.

    ``uuid`` is for who had to name a file before.

    Raises:
        JobInProgress: it would write, and another one does.
        PermissionMissing: the actor may not read, or write, the program's enrollments.
    """
    found = KINDS[kind]
    if by.account_id is None:
        raise PermissionMissing("A job is somebody's: you have no account.")
    require_program_permission(by, PERMISSIONS[found.direction], program=program)
    job = Job(
        uuid=uuid or uuid4(),
        program=program,
        account_id=by.account_id,
        kind=kind,
        direction=found.direction.value,
        parameters=dict(parameters or {}),
        request_id=by.request_id,
        input_file=input_file,
        total=total,
        created_at=at,
    )
    with transaction.atomic():
        if found.direction is Direction.WRITE:
            _lock_writers(program)
        _require_alone(job)
        queue_job(job)
    return job


def require_no_writer(*, program: Program) -> None:
    """Answer with silence if no job writes to the program: an early look before a file is read.

    Raises:
        JobInProgress: one does.
    """
    writers = Job.objects.filter(
        program=program, direction=Direction.WRITE.value, state__in=RUNNING
    )
    if writers.exists():
        raise JobInProgress("Job already in progress for program")


@contextmanager
def writing_alone(*, program: Program) -> Iterator[None]:
    """Be the only one who writes to a program for a block, which is one transaction.

    Raises:
        JobInProgress: a job writes to it.
    """
    with transaction.atomic():
        _lock_writers(program)
        require_no_writer(program=program)
        yield


def queue_job(job: Job) -> None:
    """Put a job into the queue, after this transaction."""
    lock = f"program:{job.program_id}" if job.direction == Direction.WRITE.value else None
    app.configure_task(KINDS[job.kind].task, lock=lock).defer(job=str(job.uuid))


def _lock_writers(program: Program) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_WRITERS, [program.pk])


def _require_alone(job: Job) -> None:
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError as error:
        if ONE_WRITER not in str(error):
            raise
        raise JobInProgress("Job already in progress for program") from None
