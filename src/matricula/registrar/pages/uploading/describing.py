"""Describing what a file of each kind must have, and an example of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from matricula.registrar.catalog.api import recall_courses
from matricula.registrar.partners.api import Program
from matricula.registrar.uploads.api import REQUIRED, UploadKind
from matricula.service.refusals import Unavailable

STUDENT = "example-student"
COURSE_STAFF = "course_staff"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file; one that is not needed may be left out."""

    name: str
    meaning: str
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """The header of a file, and a row as an example."""

    name: str
    header: Sequence[str]
    example: Sequence[str]


def describe_columns() -> dict[str, list[Column]]:
    """Return the columns of each kind of file."""
    key = Column("student_key", _("The name by which your school knows the student."))
    program = [key, Column("status", _("How the student stands: one of the words below."))]
    course = [
        key,
        Column("course_id", _("The course: its key, or your own name of it.")),
        Column("status", _("active or inactive.")),
    ]
    if settings.COURSE_STAFF:
        words = _(
            "true gives the role of staff in the course, false takes it; blank changes nothing."
        )
        course.append(Column(COURSE_STAFF, words, is_needed=False))
    return {"program": program, "course": course}


def find_example(program: Program, *, kind: UploadKind, at: datetime) -> Template:
    """Return the template of a kind, with a course of the program if one is known."""
    header = list(REQUIRED[kind])
    if kind is UploadKind.PROGRAM:
        return Template("program-enrollments", header, [STUDENT, "enrolled"])
    example = [STUDENT, _find_course(program, at), "active"]
    if settings.COURSE_STAFF:
        header.append(COURSE_STAFF)
        example.append("")
    return Template("course-enrollments", header, example)


def _find_course(program: Program, at: datetime) -> str:
    try:
        runs = recall_courses(program=program, at=at).runs
    except Unavailable:
        runs = ()
    return next((run.external_key or run.key for run in runs), "course-of-yours")
