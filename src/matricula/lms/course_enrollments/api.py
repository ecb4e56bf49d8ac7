"""The door of course enrollments."""

from matricula.lms.course_enrollments.models import CourseEnrollment, CourseRole
from matricula.lms.course_enrollments.sifting import CourseRow, list_row_keys
from matricula.lms.course_enrollments.writing import (
    plan_program_course_enrollments,
    write_program_course_enrollments,
)

__all__ = [
    "CourseEnrollment",
    "CourseRole",
    "CourseRow",
    "list_row_keys",
    "plan_program_course_enrollments",
    "write_program_course_enrollments",
]
