"""Finding one student by the school's own key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from matricula.lms_client.api import CourseEnrollment, LmsNotFound, LmsRefused, ProgramEnrollment
from matricula.registrar.kernel.api import Actor, reaching_lms
from matricula.registrar.partners.api import (
    Permission,
    Program,
    UnknownProgram,
    require_program_permission,
)


@dataclass(frozen=True, slots=True)
class FoundStudent:
    """What the LMS holds of a student in a program, and when it said so."""

    student_key: str
    enrollments: Sequence[ProgramEnrollment]
    courses: Sequence[CourseEnrollment]
    read_at: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has proven yet to be this student."""
        return all(each.waiting for each in self.enrollments)


def find_student(*, program: Program, student_key: str, by: Actor) -> FoundStudent | None:
    """Return what the LMS holds now of a student in a program, or None if there is no such one.

    Two calls. Letter case and blanks around the key make no difference.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
        Unavailable: the LMS cannot be asked.
        UnknownProgram: the LMS no longer has the program.
    """
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=program)
    try:
        with reaching_lms(patiently=False) as lms:
            found = list(lms.list_program_enrollments(program.key, student_key=student_key))
            if not found:
                return None
            courses = list(lms.list_course_enrollments(program.key, student_key=student_key))
    except LmsNotFound:
        raise UnknownProgram(
            _("The LMS no longer has the program %(key)s.") % {"key": program.key}
        ) from None
    except LmsRefused:  # nobody can have such a key
        return None
    return FoundStudent(
        student_key=found[0].student_key or student_key,
        enrollments=found,
        courses=sorted(courses, key=lambda each: each.external_key or each.course_run),
        read_at=datetime.now(UTC),
    )
