"""The door of the client."""

from matricula.lms_client.calling import Access
from matricula.lms_client.fake import FakeLms
from matricula.lms_client.http import HttpLms
from matricula.lms_client.protocol import Lms, Row
from matricula.lms_client.records import (
    Binding,
    Change,
    ChangePage,
    Course,
    CourseEnrollment,
    CourseRow,
    CourseRun,
    Curriculum,
    Job,
    Mode,
    Organization,
    Program,
    ProgramEnrollment,
    ProgramRow,
    RosterAnswer,
    RowAnswer,
)
from matricula.lms_client.refusals import (
    LmsBroken,
    LmsBusy,
    LmsNotAllowed,
    LmsNotFound,
    LmsRefused,
    LmsTrouble,
    LmsUnreachable,
)

__all__ = [
    "Access",
    "Binding",
    "Change",
    "ChangePage",
    "Course",
    "CourseEnrollment",
    "CourseRow",
    "CourseRun",
    "Curriculum",
    "FakeLms",
    "HttpLms",
    "Job",
    "Lms",
    "LmsBroken",
    "LmsBusy",
    "LmsNotAllowed",
    "LmsNotFound",
    "LmsRefused",
    "LmsTrouble",
    "LmsUnreachable",
    "Mode",
    "Organization",
    "Program",
    "ProgramEnrollment",
    "ProgramRow",
    "RosterAnswer",
    "Row",
    "RowAnswer",
]
