"""The door of course enrollments."""

from matricula.lms.course_enrollments.attending import Attendance, list_attendance
from matricula.lms.course_enrollments.enrolling import (
    SELECTABLE_MODES,
    AttributesMissing,
    EnrollmentClosed,
    LeavingInAnotherMode,
    ModeNotOffered,
    ModeNotSelectable,
    Wish,
    choose_default_mode,
    enroll_account,
    require_enrolling,
)
from matricula.lms.course_enrollments.granting import DirectRow, write_direct_enrollments
from matricula.lms.course_enrollments.holding import (
    HeldGrant,
    HeldSeat,
    ProgramOfGrant,
    find_held_seat,
    list_held_seats,
)
from matricula.lms.course_enrollments.leaving import unenroll_account
from matricula.lms.course_enrollments.listing import (
    CourseEnrollmentsWanted,
    ListedCourseEnrollment,
    Position,
    list_course_enrollments,
)
from matricula.lms.course_enrollments.models import CourseEnrollment, CourseRole
from matricula.lms.course_enrollments.seating import SeatsWanted, list_seats_of_all
from matricula.lms.course_enrollments.seats import (
    REASONS,
    Grant,
    Hindrance,
    Seat,
    explain_grant,
    find_seat_mode,
    list_seats,
    say_reason,
    seats_of,
)
from matricula.lms.course_enrollments.sifting import CourseRow, RowKey, list_row_keys
from matricula.lms.course_enrollments.staffing import HeldRole, list_course_roles
from matricula.lms.course_enrollments.writing import (
    foresee_program_course_enrollments,
    plan_program_course_enrollments,
    write_program_course_enrollments,
)

__all__ = [
    "REASONS",
    "SELECTABLE_MODES",
    "Attendance",
    "AttributesMissing",
    "CourseEnrollment",
    "CourseEnrollmentsWanted",
    "CourseRole",
    "CourseRow",
    "DirectRow",
    "EnrollmentClosed",
    "Grant",
    "HeldGrant",
    "HeldRole",
    "HeldSeat",
    "Hindrance",
    "LeavingInAnotherMode",
    "ListedCourseEnrollment",
    "ModeNotOffered",
    "ModeNotSelectable",
    "Position",
    "ProgramOfGrant",
    "RowKey",
    "Seat",
    "SeatsWanted",
    "Wish",
    "choose_default_mode",
    "enroll_account",
    "explain_grant",
    "find_held_seat",
    "find_seat_mode",
    "foresee_program_course_enrollments",
    "list_attendance",
    "list_course_enrollments",
    "list_course_roles",
    "list_held_seats",
    "list_row_keys",
    "list_seats",
    "list_seats_of_all",
    "plan_program_course_enrollments",
    "require_enrolling",
    "say_reason",
    "seats_of",
    "unenroll_account",
    "write_direct_enrollments",
    "write_program_course_enrollments",
]
