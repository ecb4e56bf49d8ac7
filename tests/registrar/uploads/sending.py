"""Sending uploads without a server: received, worked off, and their result files read."""

import csv
import io
from collections.abc import Callable

from matricula.lms_client.api import CourseRow, FakeLms, ProgramRow
from matricula.registrar.files.api import open_file
from matricula.registrar.jobs.api import Job, work_off_job
from matricula.registrar.uploads.api import UploadKind, carry_out_upload, receive_upload
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


def worked_off(job: Job, *, is_stopping: Callable[[], bool] = lambda: False) -> Job:
    """The job after a worker was at it."""
    work_off_job(uuid=job.uuid, work=carry_out_upload, is_stopping=is_stopping)
    job.refresh_from_db()
    return job


def uploaded(content: str | bytes, *, kind: UploadKind = PROGRAM) -> Job:
    """An upload that a worker was at."""
    return worked_off(received(content, kind=kind))


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
