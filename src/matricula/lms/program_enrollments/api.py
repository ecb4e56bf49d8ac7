"""The door of program enrollments."""

from matricula.lms.program_enrollments.counting import (
    MOST_MONTHS,
    CountedMonth,
    count_program_enrollments_by_month,
)
from matricula.lms.program_enrollments.linking import LinkVerdict, StudentLink, link_students
from matricula.lms.program_enrollments.listing import (
    LAST_ID,
    ListedProgramEnrollment,
    ProgramEnrollmentsWanted,
    format_page,
    list_program_enrollments,
    list_wanted_identities,
)
from matricula.lms.program_enrollments.models import ProgramEnrollment
from matricula.lms.program_enrollments.seeing import list_visible_organizations
from matricula.lms.program_enrollments.sifting import Curricula, ProgramRow, list_row_keys
from matricula.lms.program_enrollments.statuses import STATUSES, STUDYING, Status
from matricula.lms.program_enrollments.writing import (
    foresee_program_enrollments,
    plan_program_enrollments,
    write_program_enrollments,
)

__all__ = [
    "LAST_ID",
    "MOST_MONTHS",
    "STATUSES",
    "STUDYING",
    "CountedMonth",
    "Curricula",
    "LinkVerdict",
    "ListedProgramEnrollment",
    "ProgramEnrollment",
    "ProgramEnrollmentsWanted",
    "ProgramRow",
    "Status",
    "StudentLink",
    "count_program_enrollments_by_month",
    "foresee_program_enrollments",
    "format_page",
    "link_students",
    "list_program_enrollments",
    "list_row_keys",
    "list_visible_organizations",
    "list_wanted_identities",
    "plan_program_enrollments",
    "write_program_enrollments",
]
