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
from matricula.lms.catalog.fetching import CatalogUnreachable, UnreadableCatalog, read_catalog
from matricula.lms.catalog.gathering import InvalidCatalog
from matricula.lms.catalog.keys import CourseRunKey, InvalidCourseRunKey
from matricula.lms.catalog.loading import Loaded, LoadResult, load_catalog
from matricula.lms.catalog.models import (
    Course,
    CourseRun,
    Curriculum,
    Program,
    ProgramOrganization,
)
from matricula.lms.catalog.modes import MODE_RANK, MODES, VERIFIED_OR_PAID_MODES, Mode
from matricula.lms.catalog.reading import (
    ProgramOutline,
    ProgramWithoutOrganization,
    RunInProgram,
    UnknownProgram,
    get_program,
    list_programs,
    list_programs_of_runs,
)
from matricula.lms.catalog.records import (
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    ProgramRecord,
)

__all__ = [
    "MODES",
    "MODE_RANK",
    "VERIFIED_OR_PAID_MODES",
    "CatalogUnreachable",
    "Course",
    "CourseRecord",
    "CourseRun",
    "CourseRunKey",
    "CourseRunRecord",
    "Curriculum",
    "CurriculumOfProgram",
    "CurriculumRecord",
    "InvalidCatalog",
    "InvalidCourseRunKey",
    "LoadResult",
    "Loaded",
    "Mode",
    "OrganizationOfProgram",
    "Program",
    "ProgramDescription",
    "ProgramOrganization",
    "ProgramOutline",
    "ProgramRecord",
    "ProgramSummary",
    "ProgramWithoutOrganization",
    "RunInProgram",
    "RunOfProgram",
    "UnknownProgram",
    "UnreadableCatalog",
    "describe_program",
    "get_program",
    "list_program_summaries",
    "list_programs",
    "list_programs_of_runs",
    "load_catalog",
    "read_catalog",
]
