"""The door of program enrollments."""

from matricula.lms.program_enrollments.models import ProgramEnrollment
from matricula.lms.program_enrollments.sifting import Curricula, ProgramRow, list_row_keys
from matricula.lms.program_enrollments.statuses import STATUSES, STUDYING, Status
from matricula.lms.program_enrollments.writing import (
    plan_program_enrollments,
    write_program_enrollments,
)

__all__ = [
    "STATUSES",
    "STUDYING",
    "Curricula",
    "ProgramEnrollment",
    "ProgramRow",
    "Status",
    "list_row_keys",
    "plan_program_enrollments",
    "write_program_enrollments",
]
