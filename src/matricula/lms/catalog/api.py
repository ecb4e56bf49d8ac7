"""The door of the catalog."""

from matricula.lms.catalog.describing import (
    CurriculumOfProgram,
    OrganizationOfProgram,
    ProgramDescription,
    ProgramSummary,
    RunOfProgram,
    describe_program,
    list_program_summaries,
)
from matricula.lms.catalog.exporting import (
    ProgramPage,
    get_program_record,
    list_program_records,
)
from matricula.lms.catalog.fetching import CatalogUnreachable, UnreadableCatalog, read_catalog
from matricula.lms.catalog.gathering import InvalidCatalog
from matricula.lms.catalog.keys import CourseRunKey, InvalidCourseRunKey
from matricula.lms.catalog.leading import ProgramLead, get_program_lead
from matricula.lms.catalog.listing import ProgramLink, list_programs_by_type
from matricula.lms.catalog.loading import Loaded, LoadResult, load_catalog
from matricula.lms.catalog.models import (
    INSTRUCTOR_PACED,
    SELF_PACED,
    Course,
    CourseRun,
    CourseRunMode,
    Curriculum,
    Program,
    ProgramOrganization,
)
from matricula.lms.catalog.modes import (
    MODE_RANK,
    MODE_TITLES,
    MODES,
    VERIFIED_OR_PAID_MODES,
    Mode,
)
from matricula.lms.catalog.offering import OfferedMode, list_modes_of_runs
from matricula.lms.catalog.parsing import parse_page
from matricula.lms.catalog.reading import (
    ProgramHead,
    ProgramOutline,
    ProgramWithoutOrganization,
    RunInProgram,
    UnknownProgram,
    get_program,
    get_program_head,
    list_holders_of_runs,
    list_programs,
    list_programs_of_runs,
)
from matricula.lms.catalog.records import (
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    ProgramRecord,
    SeatRecord,
)
from matricula.lms.catalog.scheduling import (
    CourseRunDescription,
    CourseRunOutline,
    Progress,
    UnknownCourseRun,
    describe_course_run,
    describe_course_runs,
    find_course_run_ids,
    get_course_run,
)
from matricula.lms.catalog.searching import list_programs_titled

__all__ = [
    "INSTRUCTOR_PACED",
    "MODES",
    "MODE_RANK",
    "MODE_TITLES",
    "SELF_PACED",
    "VERIFIED_OR_PAID_MODES",
    "CatalogUnreachable",
    "Course",
    "CourseRecord",
    "CourseRun",
    "CourseRunDescription",
    "CourseRunKey",
    "CourseRunMode",
    "CourseRunOutline",
    "CourseRunRecord",
    "Curriculum",
    "CurriculumOfProgram",
    "CurriculumRecord",
    "InvalidCatalog",
    "InvalidCourseRunKey",
    "LoadResult",
    "Loaded",
    "Mode",
    "OfferedMode",
    "OrganizationOfProgram",
    "Program",
    "ProgramDescription",
    "ProgramHead",
    "ProgramLead",
    "ProgramLink",
    "ProgramOrganization",
    "ProgramOutline",
    "ProgramPage",
    "ProgramRecord",
    "ProgramSummary",
    "ProgramWithoutOrganization",
    "Progress",
    "RunInProgram",
    "RunOfProgram",
    "SeatRecord",
    "UnknownCourseRun",
    "UnknownProgram",
    "UnreadableCatalog",
    "describe_course_run",
    "describe_course_runs",
    "describe_program",
    "find_course_run_ids",
    "get_course_run",
    "get_program",
    "get_program_head",
    "get_program_lead",
    "get_program_record",
    "list_holders_of_runs",
    "list_modes_of_runs",
    "list_program_records",
    "list_program_summaries",
    "list_programs",
    "list_programs_by_type",
    "list_programs_of_runs",
    "list_programs_titled",
    "load_catalog",
    "parse_page",
    "read_catalog",
]
