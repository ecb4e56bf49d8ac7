"""What goes wrong here, and its envelope: ``developer_message``, at times with an error code."""

from typing import Any

from rest_framework.exceptions import APIException

from matricula.lms.kernel.api import NotFound
from matricula.lms.rest.problems import Problem, enveloping

LIMIT = 25
"""Enrollments that one call may write."""

NO_PROGRAM = ("program_does_not_exist", "no program exists with given key")
ERRORS = {
    "program-not-found": NO_PROGRAM,
    "program-without-organization": NO_PROGRAM,
    "invalid-course-key": ("invalid_course_key", "invalid course key"),
    "course-run-not-found": ("course_does_not_exist", "no course run exists with given key"),
    "course-not-in-program": (
        "course_not_in_program",
        "the course run is not in the given program",
    ),
}
"""The error code and the words of the wire, by the refusal's own code."""


class InvalidCourseKey(NotFound):
    """The address has something else where a course run's key should be."""

    code = "invalid-course-key"


class CourseNotInProgram(NotFound):
    """There is such a course run, but not in the program."""

    code = "course-not-in-program"


class TooManyEnrollments(APIException):
    """A call has more enrollments than it may."""

    status_code = 413
    default_code = "too-many-enrollments"

    def __init__(self, count: int) -> None:
        """Say how many, and how many may be."""
        super().__init__(f"{count} enrollments requested, but limit is {LIMIT}.")


def _envelop(problem: Problem, _: object) -> Any:  # noqa: ANN401  whatever the wire has there
    if problem.code == TooManyEnrollments.default_code:
        return problem.words  # a bare string, upstream as well
    if problem.code in ERRORS:
        error_code, words = ERRORS[problem.code]
        return {"developer_message": words, "error_code": error_code}
    return {"developer_message": problem.words}


answer_developer_message = enveloping(_envelop)
"""The handler of what goes wrong here."""
