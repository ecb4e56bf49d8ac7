"""Asking for downloads: each is a job that reads."""

from datetime import datetime
from enum import StrEnum

from matricula.registrar.catalog.api import CourseRun, recall_course_run
from matricula.registrar.downloads.writing import Form
from matricula.registrar.jobs.api import Job, submit_job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_program_permission


class DownloadKind(StrEnum):
    """What is downloaded; the words are those of the kinds of jobs."""

    PROGRAM = "list_program_enrollments"
    COURSE = "list_course_run_enrollments"
    ALL_COURSES = "list_all_course_run_enrollments"
    GRADES = "get_course_run_grades"


def request_program_enrollments(*, program: Program, form: Form, by: Actor, at: datetime) -> Job:
    """Have who is in a program written to a file, and return the job.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
    """
    return _submit(DownloadKind.PROGRAM, program=program, form=form, by=by, at=at)


def request_all_course_enrollments(
    *, program: Program, form: Form, by: Actor, at: datetime
) -> Job:
    """Have who is in which of a program's course runs written to a file, and return the job.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
    """
    return _submit(DownloadKind.ALL_COURSES, program=program, form=form, by=by, at=at)


def request_course_enrollments(
    *, program: Program, course: str, form: Form, by: Actor, at: datetime
) -> Job:
    """Have who is in one of a program's course runs written to a file, and return the job.

    ``course`` is the run's own key or the school's name for it.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
        Unavailable: the program's course runs are not known here, and the LMS cannot be asked.
        UnknownCourse: it has none of that name.
    """
    run = _recall(program, course, by, at)
    return _submit(DownloadKind.COURSE, program=program, form=form, by=by, at=at, run=run)


def request_grades(*, program: Program, course: str, form: Form, by: Actor, at: datetime) -> Job:
    """Have the grades of a program's students in a course run written to a file.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
        Unavailable: the program's course runs are not known here, and the LMS cannot be asked.
        UnknownCourse: it has none of that name.
    """
    run = _recall(program, course, by, at)
    return _submit(DownloadKind.GRADES, program=program, form=form, by=by, at=at, run=run)


def _recall(program: Program, course: str, by: Actor, at: datetime) -> CourseRun:
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=program)
    return recall_course_run(program=program, name=course, at=at)


def _submit(
    kind: DownloadKind,
    *,
    program: Program,
    form: Form,
    by: Actor,
    at: datetime,
    run: CourseRun | None = None,
) -> Job:
    course = {} if run is None else {"course_run": run.key, "course_id": run.external_key}
    return submit_job(
        kind=kind.value, program=program, by=by, at=at, parameters={"form": form.value, **course}
    )
