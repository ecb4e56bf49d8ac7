"""Downloads, worked off without a worker, from an LMS in memory."""

import json
from collections.abc import Callable
from typing import Any

from django.core.files.storage import default_storage

from matricula.lms_client.api import CourseRow, FakeGrade, FakeLms, ProgramRow
from matricula.registrar.downloads.api import (
    Form,
    carry_out_download,
    request_all_course_enrollments,
    request_course_enrollments,
    request_grades,
    request_program_enrollments,
)
from matricula.registrar.jobs.api import Job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import get_program
from tests.registrar import given
from tests.registrar.jobs.working_at import worked_off

REQUESTS: dict[str, Callable[..., Job]] = {
    "program": request_program_enrollments,
    "all courses": request_all_course_enrollments,
    "course": request_course_enrollments,
    "grades": request_grades,
}


def reader(username: str = "reader") -> Actor:
    """Somebody who may read the enrollments of a school's programs."""
    given.remembered()
    given.with_role("read_enrollments", username, school=given.RIVER)
    return given.actor(username)


def enrolled(lms: FakeLms, **statuses: str) -> None:
    """Students of the program, by student key."""
    rows = [ProgramRow(student_key=key, status=status) for key, status in statuses.items()]
    lms.send_roster(given.HYDROLOGY, rows)


def in_course(
    lms: FakeLms, course: str = given.RUN, *, staff: bool | None = None, **statuses: str
) -> None:
    """Students in a course run of it."""
    rows = [
        CourseRow(student_key=key, course_id=course, status=status, course_staff=staff)
        for key, status in statuses.items()
    ]
    lms.send_roster(given.HYDROLOGY, rows)


def with_account(lms: FakeLms, **usernames: str) -> None:
    """Accounts of students, by student key."""
    lms.usernames.update(usernames.values())
    lms.bind_student_keys(given.RIVER, usernames, reason="a test")


def graded(lms: FakeLms, username: str, percent: float | None, letter: str = "") -> None:
    """What somebody has earned in the first course run."""
    lms.grades[username, given.RUN] = FakeGrade(
        is_passing=(percent or 0) >= 0.5, percent=percent, letter=letter
    )


def asked_for(what: str, by: Actor, *, form: Form = Form.JSON, **more: Any) -> Job:  # noqa: ANN401  what the request takes
    program = get_program(key=given.HYDROLOGY)
    return REQUESTS[what](program=program, form=form, by=by, at=given.NOW, **more)


def downloaded(job: Job) -> Job:
    return worked_off(job, carry_out_download)


def text_of(job: Job) -> str:
    """What is in the file of a job."""
    with default_storage.open(job.result_file) as file:
        return bytes(file.read()).decode()


def rows_of(job: Job) -> Any:  # noqa: ANN401  JSON is anything
    return json.loads(text_of(job))
