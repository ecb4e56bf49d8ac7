"""The door of course enrollments."""

from matricula.lms.course_enrollments.attending import Attendance, list_attendance
from matricula.lms.course_enrollments.granting import DirectRow, write_direct_enrollments
from matricula.lms.course_enrollments.models import CourseEnrollment, CourseRole
from matricula.lms.course_enrollments.seats import (
    Grant,
    Seat,
    explain_grant,
    find_seat_mode,
    list_seats,
    seats_of,
)
from matricula.lms.course_enrollments.sifting import CourseRow, RowKey, list_row_keys
from matricula.lms.course_enrollments.writing import (
    plan_program_course_enrollments,
    write_program_course_enrollments,
)

__all__ = [
    "Attendance",
    "CourseEnrollment",
    "CourseRole",
    "CourseRow",
    "DirectRow",
    "Grant",
    "RowKey",
    "Seat",
    "explain_grant",
    "find_seat_mode",
    "list_attendance",
    "list_row_keys",
    "list_seats",
    "plan_program_course_enrollments",
    "seats_of",
    "write_direct_enrollments",
    "write_program_course_enrollments",
]
