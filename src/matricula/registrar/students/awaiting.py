"""Awaiting students: those that a school has enrolled, and nobody has proven to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from matricula.lms_client.api import LmsNotFound, LmsRefused, ProgramEnrollment
from matricula.registrar.kernel.api import Actor, reaching_lms
from matricula.registrar.partners.api import (
    Permission,
    Program,
    UnknownProgram,
    require_program_permission,
)

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class WaitingStudents:
    """Some of those who wait, from the one enrolled first on; ``next_cursor`` leads further."""

    enrollments: Sequence[ProgramEnrollment]
    next_cursor: str
    read_at: datetime


def list_waiting_students(
    *, program: Program, by: Actor, cursor: str = "", size: int = PAGE_SIZE
) -> WaitingStudents:
    """Return a page of who waits in a program now. One call.

    A cursor that is none of the LMS's begins at the start.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
        Unavailable: the LMS cannot be asked.
        UnknownProgram: the LMS no longer has the program.
    """
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=program)
    try:
        with reaching_lms(patiently=False) as lms:
            try:
                page = lms.list_waiting(program.key, cursor=cursor, size=size)
            except LmsRefused:
                page = lms.list_waiting(program.key, size=size)
    except LmsNotFound:
        raise UnknownProgram(
            _("The LMS no longer has the program %(key)s.") % {"key": program.key}
        ) from None
    return WaitingStudents(page.results, page.next_cursor, datetime.now(UTC))
