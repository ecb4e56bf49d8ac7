"""What the LMS says, as far as it is read here. What it adds later is passed over."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Mode(StrEnum):
    """What a roster may do: add rows, change rows, or both."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"


class EnrollmentKind(StrEnum):
    """Which of a program's enrollments: its own, or those in its course runs."""

    PROGRAM_ENROLLMENTS = "program_enrollments"
    COURSE_ENROLLMENTS = "course_enrollments"

    @classmethod
    def _missing_(cls, value: object) -> "EnrollmentKind | None":
        """Return what is meant by the shorter words that rosters and plans are told with."""
        return next((each for each in cls if each.value == f"{value}_enrollments"), None)


class Form(StrEnum):
    """How a file of rows is written; both in UTF-8."""

    CSV = "text/csv"
    NDJSON = "application/x-ndjson"


class Organization(msgspec.Struct, frozen=True):
    """A school or partner."""

    uuid: UUID
    key: str
    name: str = ""


class CourseRun(msgspec.Struct, frozen=True, kw_only=True):
    """A dated offering of a course; ``external_key`` is what the school calls it."""

    key: str
    external_key: str | None = None
    title: str | None = None
    marketing_url: str | None = None


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A course and those of its runs that belong to the program it stands in."""

    key: str
    title: str | None = None
    course_runs: Sequence[CourseRun] = ()


class Curriculum(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a program."""

    uuid: UUID
    name: str | None = None
    is_active: bool = True
    courses: Sequence[Course] = ()


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program, in course-discovery's shape with our key and mode."""

    uuid: UUID
    key: str
    title: str | None = None
    type: str | None = None
    status: str | None = None
    mode: str | None = None
    marketing_url: str | None = None
    authoring_organizations: Sequence[Organization] = ()
    courses: Sequence[Course] = ()
    curricula: Sequence[Curriculum] = ()


class ProgramRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row of a program's roster. Without a curriculum the active one is meant."""

    student_key: str
    status: str
    curriculum_uuid: str = ""


class CourseRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row of a course roster. ``course_id`` is the run's own key or the school's.

    ``course_staff`` gives or takes the staff role; None leaves it as it is.
    """

    student_key: str
    course_id: str
    status: str
    course_staff: bool | None = None
    curriculum_uuid: str = ""


class RowAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a row; ``verdict`` is its status, or why it is refused."""

    line: int
    student_key: str
    action: str
    verdict: str
    reason: str = ""
    course_id: str | None = None


class RosterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A roster that is answered. ``counts`` are by action, ``applied`` whether it was written."""

    applied: bool
    counts: Mapping[str, int]
    rows: Sequence[RowAnswer]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A roster that is being worked off; ``progress`` goes from 0 to 1."""

    uuid: UUID
    program: str
    state: str
    progress: float
    counts: Mapping[str, int] = {}
    applied: bool = False
    failure: Any = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will be done."""
        return self.state in {"succeeded", "failed", "canceled"}


class ProgramEnrollment(msgspec.Struct, frozen=True, kw_only=True):
    """That a person is in a program; ``account`` is the username, None while they wait."""

    student_key: str | None
    organization: str | None
    program: str
    curriculum: str
    status: str
    waiting: bool
    account: str | None
    created_at: datetime
    modified_at: datetime


class CourseEnrollment(msgspec.Struct, frozen=True, kw_only=True):
    """That a person is granted a course run, through a program or, without one, directly."""

    kind: str
    value: str
    organization: str | None
    program: str | None
    course_run: str
    external_key: str
    mode: str
    active: bool
    effective: bool
    course_staff: bool
    waiting: bool
    account: str | None
    created_at: datetime
    modified_at: datetime


class EnrollmentPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a program's enrollments; ``next_cursor`` is where the next one begins, if any."""

    results: Sequence[ProgramEnrollment]
    next_cursor: str


class HistoryMonth(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a program's enrollments had which status at the end of a month, ``2031-03``."""

    month: str
    counts: Mapping[str, int]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One row before and after, and the act that it was part of."""

    cursor: str
    subject: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    at: datetime
    actor: str
    reason: str = ""


class ChangePage(msgspec.Struct, frozen=True, kw_only=True):
    """Changes in the order of commits. ``next_cursor`` is where to go on, now or later."""

    results: Sequence[Change]
    next_cursor: str
    is_end: bool


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """How a student key was linked: ``bound``, ``already``, ``refused`` and the like."""

    value: str
    username: str
    outcome: str


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """The digest of those rows of a program whose students are in one bucket."""

    bucket: str
    digest: str
    rows: int


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What proves a copy of a program's enrollments; buckets without rows are left out."""

    program: str
    kind: EnrollmentKind
    digest: str
    rows: int
    buckets: Sequence[Bucket]


class StoredProgramRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a roster may change of a program enrollment, and whether its student has an account."""

    bucket: str
    curriculum: str
    status: str
    account_exists: bool
    student_key: str

    def list_cells(self) -> list[str]:
        """Return what is digested."""
        return [self.curriculum, self.status, _word(self.account_exists), self.student_key]


class StoredCourseRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a course roster may change of a grant, and whether its student has an account."""

    bucket: str
    course_run: str
    curriculum: str
    status: str
    course_staff: bool
    account_exists: bool
    student_key: str

    def list_cells(self) -> list[str]:
        """Return what is digested."""
        return [
            self.course_run,
            self.curriculum,
            self.status,
            _word(self.course_staff),
            _word(self.account_exists),
            self.student_key,
        ]


StoredRow = StoredProgramRow | StoredCourseRow


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """That a student is in a program, as edX tells it; without account the names are empty."""

    student_key: str | None
    status: str
    account_exists: bool
    curriculum_uuid: str | None = None
    username: str = ""
    email: str = ""


class CourseStudent(msgspec.Struct, frozen=True, kw_only=True):
    """That a student is granted a course run through a program, as edX tells it."""

    student_key: str | None
    status: str
    account_exists: bool
    curriculum_uuid: str | None = None
    course_staff: bool = False


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """What a student earned in a course run; ``percent`` is from 0 to 1. Or why it is not told."""

    student_key: str | None
    passed: bool | None = None
    percent: float | None = None
    letter_grade: str | None = None
    error: str | None = None


def _word(flag: bool) -> str:  # noqa: FBT001  it is what is written
    return "true" if flag else "false"
