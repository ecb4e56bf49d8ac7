"""Following jobs: how far each has come, and the answers that it has given."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from matricula.lms.access.api import (
    Permission,
    has_permission,
    list_permitted_organizations,
    require_permission_somewhere,
)
from matricula.lms.catalog.api import ProgramOutline, get_program
from matricula.lms.kernel.api import Actor, Foreseen, NotFound
from matricula.lms.rosters.answering import Answer
from matricula.lms.rosters.models import FINAL, JobState, RosterJob, RosterJobChunk
from matricula.lms.rosters.packing import (
    unpack_answers,
    unpack_chunk,
    unpack_foreseen,
    unpack_rows,
)
from matricula.lms.rosters.reading import Layout, Roster


class UnknownJob(NotFound):
    """There is no such job that the actor may know of."""

    code = "job-not-found"


# A program is its first organization's.
JOBS = """
SELECT job.* FROM roster_job AS job
WHERE NOT job.is_plan
  AND (%(program_id)s::bigint IS NULL OR job.program_id = %(program_id)s)
  AND (%(state)s::text IS NULL OR job.state = %(state)s)
  AND (%(before)s::bigint IS NULL OR job.id < %(before)s)
  AND (%(organization_ids)s::bigint[] IS NULL OR (
      SELECT link.organization_id FROM program_organization AS link
      WHERE link.program_id = job.program_id ORDER BY link.position LIMIT 1
  ) = ANY(%(organization_ids)s))
ORDER BY job.id DESC LIMIT %(limit)s
"""


def get_job(*, uuid: UUID, by: Actor) -> RosterJob:
    """Return a job of a program whose enrollments the actor may read.

    Raises:
        UnknownJob: there is none.
    """
    jobs = RosterJob.objects.select_related("program").filter(uuid=uuid, is_plan=False)
    job = jobs.first()
    if job is None or not _may_see(by, job):
        raise UnknownJob(f"There is no job {uuid}.")
    return job


def list_jobs(
    *,
    program: ProgramOutline | None = None,
    state: JobState | None = None,
    before: int | None = None,
    limit: int,
    by: Actor,
) -> list[RosterJob]:
    """Return jobs of programs whose enrollments the actor may read, the newest first.

    ``before`` is the id of the last one of the page before.

    Raises:
        PermissionMissing: the actor may read enrollments nowhere.
    """
    require_permission_somewhere(by, Permission.ENROLLMENTS_READ)
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    params: dict[str, Any] = {
        "program_id": program.id if program else None,
        "state": state,
        "before": before,
        "organization_ids": None if permitted is None else sorted(permitted),
        "limit": limit,
    }
    return list(RosterJob.objects.raw(JOBS, params).prefetch_related("program"))


def is_still_writing(*, program: ProgramOutline, request_id: str) -> bool:
    """Tell whether a job of a program that a request has begun is to write more."""
    jobs = RosterJob.objects.filter(program_id=program.id, request_id=request_id, is_dry_run=False)
    return jobs.exclude(state__in=FINAL).exists()


def layout_of(job: RosterJob) -> Layout:
    """Return what the header of a job's roster says."""
    names = [name.strip().casefold() for name in job.header]
    return Layout(1, job.header, names, has_byte_order_mark=job.has_byte_order_mark)


def roster_of(job: RosterJob) -> Roster:
    """Return the roster that a job stores; a chunk at a time is in memory."""
    layout = layout_of(job)
    return Roster(
        job.name,
        layout,
        lambda: (unpack_rows(stored.rows, layout) for stored in list_stored_chunks(job)),
    )


def list_stored_chunks(job: RosterJob, *, after: int = 0) -> Iterator[RosterJobChunk]:
    """Yield the chunks of a job one by one: each may be some megabytes.

    With ``after``, from the one on that has rows behind this line.
    """
    number = 0
    if after:
        number = RosterJobChunk.objects.filter(job=job, last_line__lte=after).count()
    while stored := RosterJobChunk.objects.filter(job=job, number=number).first():
        yield stored
        number += 1


def list_job_answers(*, job: RosterJob) -> Iterator[Sequence[Answer]]:
    """Yield the answers that a job has given, a chunk at a time, in the order of its rows."""
    layout = layout_of(job)
    for stored in list_stored_chunks(job):
        if stored.answers is None:
            return
        chunk = unpack_chunk(stored.rows, layout)
        judged = unpack_answers(stored.answers, chunk)
        yield list(map(Answer, chunk.rows, judged, chunk.cells))


def list_foreseen(
    *, job: RosterJob, after: int = 0
) -> Iterator[Sequence[tuple[Answer, Foreseen]]]:
    """Yield what a plan has foreseen, a chunk at a time, in the order of its rows.

    With ``after``, from the chunk on that has rows behind this line.
    """
    layout = layout_of(job)
    for stored in list_stored_chunks(job, after=after):
        if stored.answers is None:
            return
        chunk = unpack_chunk(stored.rows, layout)
        foreseen = unpack_foreseen(stored.answers, chunk)
        judged = (each.judgement for each in foreseen)
        yield list(zip(map(Answer, chunk.rows, judged, chunk.cells), foreseen, strict=True))


def tell_how_far(job: RosterJob) -> str:
    """Say in words what a job has written."""
    done = "answered" if job.is_dry_run else "answered and written"
    if job.state == JobState.SUCCEEDED and not job.is_applied and not job.is_dry_run:
        return "Nothing is written, because rows are refused and all or nothing was asked for."
    if job.answered == job.rows:
        return f"All {job.rows:,} rows are {done}."
    if not job.answered:
        return f"None of {job.rows:,} rows is {done}."
    return f"The first {job.answered:,} of {job.rows:,} rows are {done}."


def _may_see(by: Actor, job: RosterJob) -> bool:
    program = get_program(key=str(job.program.uuid))
    return has_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id)
