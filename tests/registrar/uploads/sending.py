"""Sending uploads without a server: received, worked off, and their result files read."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

from matricula.lms_client.api import CourseRow, FakeLms, ProgramRow
from matricula.registrar.files.api import open_file
from matricula.registrar.jobs.api import Job, JobState, work_off_job
from matricula.registrar.uploads.api import (
    Plan,
    UploadKind,
    apply_plan,
    carry_out_upload,
    foretell,
    get_plan,
    plan_undo,
    plan_upload,
    receive_upload,
)
from tests.registrar import given

PROGRAM, COURSE = UploadKind.PROGRAM, UploadKind.COURSE
Line = dict[str, str]


def received(
    content: str | bytes, *, kind: UploadKind = PROGRAM, sender: str = "registrar"
) -> Job:
    """An upload to the program of hydrology that no worker has seen yet."""
    program = given.program()
    given.with_role("read_write_enrollments", sender, school=given.RIVER)
    data = content.encode() if isinstance(content, str) else content
    return receive_upload(
        program=program, kind=kind, file=io.BytesIO(data), by=given.actor(sender), at=given.NOW
    )


def begun_again(job: Job) -> Job:
    """The same job, at which a worker is."""
    Job.objects.filter(pk=job.pk).update(state=JobState.IN_PROGRESS, finished_at=None)
    return job


def worked_off(job: Job, *, is_stopping: Callable[[], bool] = lambda: False) -> Job:
    """The job after a worker was at it."""
    work_off_job(uuid=job.uuid, work=carry_out_upload, is_stopping=is_stopping)
    job.refresh_from_db()
    return job


def uploaded(content: str | bytes, *, kind: UploadKind = PROGRAM) -> Job:
    """An upload that a worker was at."""
    return worked_off(received(content, kind=kind))


def foretold(job: Job, *, is_stopping: Callable[[], bool] = lambda: False) -> Plan:
    """The plan after a worker was at its job."""
    work_off_job(uuid=job.uuid, work=foretell, is_stopping=is_stopping)
    return get_plan(uuid=job.uuid, by=given.actor())


def asked(content: str, *, kind: UploadKind | None = None, reason: str = "") -> Job:
    """The job that is to make a plan of a file, sent by the registrar of hydrology."""
    program = given.program()
    given.with_role("read_write_enrollments", school=given.RIVER)
    return plan_upload(
        program=program,
        kind=kind,
        file=io.BytesIO(content.encode()),
        name="spring.csv",
        reason=reason,
        by=given.actor(),
        at=given.NOW,
    )


def planned(content: str, *, kind: UploadKind | None = None, reason: str = "") -> Plan:
    """The plan of a file, after a worker was at it."""
    return foretold(asked(content, kind=kind, reason=reason))


def applied(plan: Plan, *, by: str = "registrar") -> Job:
    """The upload that carries out a plan, after a worker was at it."""
    return worked_off(apply_plan(uuid=plan.job.uuid, by=given.actor(by), at=now()))


def undone(job: Job) -> Plan:
    """The plan to take an upload back."""
    return foretold(plan_undo(uuid=job.uuid, by=given.actor(), at=now()))


def now() -> datetime:
    """The LMS says itself when a plan's time is over, and means it."""
    return datetime.now(UTC)


def read_result(job: Job) -> str:
    with open_file(name=job.result_file) as file:
        return file.read().decode()


def result(job: Job) -> list[Line]:
    """The lines of its result file."""
    return list(csv.DictReader(io.StringIO(read_result(job).removeprefix("\ufeff"))))


def verdicts(job: Job) -> list[tuple[str, str, str]]:
    return [(each["line"], each["student_key"], each["status"]) for each in result(job)]


def with_students(lms: FakeLms, number: int, status: str = "enrolled") -> None:
    """So many students in the program, at the LMS."""
    rows = [ProgramRow(student_key=f"rv-{each}", status=status) for each in range(number)]
    lms.send_roster(given.HYDROLOGY, rows)


def with_grants(lms: FakeLms, number: int) -> None:
    """And so many of them in a course run."""
    rows = [
        CourseRow(student_key=f"rv-{each}", course_id=given.RUN, status="active")
        for each in range(number)
    ]
    lms.send_roster(given.HYDROLOGY, rows)


def statuses(lms: FakeLms) -> dict[str | None, str]:
    """What the LMS has of the program."""
    listed = lms.list_program_enrollments(given.HYDROLOGY)
    return {each.student_key: each.status for each in listed}
