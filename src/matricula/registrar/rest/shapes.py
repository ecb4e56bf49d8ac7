"""What programs, courses and jobs look like on the wire."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from rest_framework.request import Request
from rest_framework.reverse import reverse

from matricula.registrar.catalog.api import CourseRun
from matricula.registrar.files.api import link_to_file, map_ends
from matricula.registrar.jobs.api import Job, list_with_file
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import PermittedProgram, title_of

LMS = "lms"


class ProgramShape(msgspec.Struct, frozen=True):
    """A program, and what the caller may do in it."""

    program_key: str
    program_title: str
    program_url: str | None
    program_type: str | None
    permissions: Sequence[str]


class ProgramPage(msgspec.Struct, frozen=True):
    """A part of the programs; ``next`` and ``previous`` are absolute addresses."""

    count: int
    next: str | None
    previous: str | None
    results: Sequence[ProgramShape]


class CourseShape(msgspec.Struct, frozen=True):
    """A course run of a program; ``course_id`` is the LMS's key, the other one the school's."""

    course_id: str
    external_course_key: str | None
    course_title: str
    course_url: str | None


class ProgressShape(msgspec.Struct, frozen=True):
    """How far a job has come, in rows."""

    done: int
    total: int | None
    counts: dict[str, int]


class FailureShape(msgspec.Struct, frozen=True):
    """Why a job has failed, or waits to be tried again."""

    code: str
    detail: str


class JobShape(msgspec.Struct, frozen=True, kw_only=True):
    """A job. From ``program_key`` on it says more than edX's Registrar does."""

    job_id: UUID
    name: str
    created: datetime
    state: str
    result: str | None
    text: str | None
    program_key: str
    started: datetime | None
    finished: datetime | None
    progress: ProgressShape
    failure: FailureShape | None
    source: str | None
    """Where a download was read from: nothing that is kept here is ever told as the truth."""
    read_at: datetime | None
    """And when it began to be read."""
    comparison: dict[str, Any] | None
    """What an upload would do, as far as our copy of the program knows; the LMS decides."""
    result_until: datetime | None
    """When the result is deleted; then its link is gone."""


class JobPage(msgspec.Struct, frozen=True):
    """A part of the jobs; ``next`` is the absolute address of older ones."""

    next: str | None
    results: Sequence[JobShape]


class AcceptedShape(msgspec.Struct, frozen=True):
    """That something is done as a job, and where it can be followed."""

    job_id: UUID
    job_url: str


def shape_program(permitted: PermittedProgram) -> ProgramShape:
    """Return a program as it is told."""
    program = permitted.program
    return ProgramShape(
        program_key=program.key,
        program_title=title_of(program),
        program_url=program.url or None,
        program_type=program.type or None,
        permissions=sorted(each.value for each in permitted.permissions),
    )


def shape_course(run: CourseRun) -> CourseShape:
    """Return a course run as it is told."""
    return CourseShape(
        course_id=run.key,
        external_course_key=run.external_key or None,
        course_title=run.title,
        course_url=run.url or None,
    )


def shape_job(job: Job, *, by: Actor) -> JobShape:
    """Return a job as it is told. ``name`` has three parts; people read the third."""
    return shape_jobs([job], by=by)[0]


def shape_jobs(jobs: Iterable[Job], *, by: Actor) -> list[JobShape]:
    """Return jobs as they are told to somebody. Two queries, whatever their number."""
    told = list(jobs)
    ends = map_ends(names=[job.result_file for job in list_with_file(jobs=told, by=by)])
    return [_shape_job(job, until=ends.get(job.result_file)) for job in told]


def _shape_job(job: Job, *, until: datetime | None) -> JobShape:
    failure = FailureShape(job.failure_code, job.failure) if job.failure_code else None
    is_kept = until is not None and until > datetime.now(UTC)
    read_at = job.parameters.get("read_at")
    return JobShape(
        job_id=job.uuid,
        name=f"{job.program.key}:{job.direction}:{job.words}",
        created=job.created_at,
        state=job.state,
        result=link_to_file(name=job.result_file) if is_kept else None,
        text=job.text or (failure.detail if failure else None),
        program_key=job.program.key,
        started=job.started_at,
        finished=job.finished_at,
        progress=ProgressShape(job.done, job.total, job.counts),
        failure=failure,
        source=LMS if read_at else None,
        read_at=None if read_at is None else datetime.fromisoformat(read_at),
        result_until=until,
        comparison=job.parameters.get("comparison"),
    )


def shape_accepted(job: Job, *, request: Request) -> AcceptedShape:
    """Return what is told of a job that was just begun."""
    return AcceptedShape(job_id=job.uuid, job_url=address_of_job(job, request=request))


def address_of_job(job: Job, *, request: Request) -> str:
    """Return where a job can be followed, in the version of the API that it was asked for in."""
    return reverse(f"{version_of(request)}-job", args=[job.uuid], request=request)


def version_of(request: Request) -> str:
    """Return the version of the API that a request is for, such as ``v1``."""
    return request.path.split("/")[2]
