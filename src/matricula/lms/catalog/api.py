"""The door of the catalog."""

from matricula.lms.catalog.keys import CourseRunKey, InvalidCourseRunKey
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

__all__ = [
    "MODES",
    "MODE_RANK",
    "VERIFIED_OR_PAID_MODES",
    "Course",
    "CourseRun",
    "CourseRunKey",
    "Curriculum",
    "InvalidCourseRunKey",
    "Mode",
    "Program",
    "ProgramOrganization",
    "ProgramOutline",
    "ProgramWithoutOrganization",
    "RunInProgram",
    "UnknownProgram",
    "get_program",
    "list_programs",
    "list_programs_of_runs",
]
