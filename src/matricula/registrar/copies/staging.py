"""Staging a school's rows beside a copy, with what is obviously wrong with them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from django.db.backends.utils import CursorWrapper

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.catalog.api import CourseRun
from matricula.service.folding import fold, strip_key

STATUSES = {
    EnrollmentKind.PROGRAM_ENROLLMENTS: {"enrolled", "pending", "suspended", "canceled", "ended"},
    EnrollmentKind.COURSE_ENROLLMENTS: {"active", "inactive"},
}
COURSE_STAFF: Mapping[str, bool | None] = {"": None, "true": True, "false": False}
KEY_LENGTH = 255
_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

MAKE = """
CREATE TEMPORARY TABLE compared_row (
    line int, fault text, doubt text, folded text, course_run text, status text,
    course_staff boolean
) ON COMMIT DROP
"""
FILL = """
COPY pg_temp.compared_row (
    line, fault, doubt, folded, course_run, status, course_staff
) FROM STDIN
"""
NULL = r"\N"
LINES_AT_ONCE = 1_000
ANALYZE = "ANALYZE pg_temp.compared_row (folded)"
DROP = "DROP TABLE IF EXISTS pg_temp.compared_row"


class Fault(Protocol):
    """Why a row would not be sent to the LMS at all."""

    @property
    def verdict(self) -> str:
        """The word for it."""


class SentRow(Protocol):
    """A row of a school's file, as it is written there."""

    @property
    def line(self) -> int:
        """Where it stands."""

    @property
    def student_key(self) -> str:
        """Of whom it is."""

    @property
    def status(self) -> str:
        """How they shall stand."""

    @property
    def course_id(self) -> str:
        """The run's own key or the school's; blank in a program's file."""

    @property
    def course_staff(self) -> str:
        """Yes, no, or blank for as it is."""

    @property
    def fault(self) -> Fault | None:
        """What is known to be wrong with it."""


@dataclass(slots=True)
class Staged:
    """How many rows were staged, and the course runs that they name."""

    rows: int
    course_runs: set[str]


def stage_rows(
    cursor: CursorWrapper,
    *,
    kind: EnrollmentKind,
    rows: Iterable[SentRow],
    course_runs: Sequence[CourseRun],
) -> Staged:
    """Bring rows into a temporary table, ``compared_row``, of this transaction, as they come.

    ``fault`` is what the LMS would find before it compares rows with each other, ``doubt`` what it
    would find after that (ADR 0010).
    """
    staged = Staged(0, set())
    lines = _write_lines(rows, kind, _map_names(course_runs), staged)
    cursor.execute(DROP)
    cursor.execute(MAKE)
    with cursor.copy(FILL) as to:
        while some := "".join(islice(lines, LINES_AT_ONCE)):
            to.write(some)
    cursor.execute(ANALYZE)
    return staged


def _write_lines(
    rows: Iterable[SentRow], kind: EnrollmentKind, names: Mapping[str, str], staged: Staged
) -> Iterator[str]:
    """Yield rows as COPY reads them, and tell ``staged`` of them."""
    statuses, is_course = STATUSES[kind], kind is EnrollmentKind.COURSE_ENROLLMENTS
    for row in rows:
        run = names.get(row.course_id.strip()) if names else None
        staged.rows += 1
        if run is not None:
            staged.course_runs.add(run)
        yield _write_line(row, run, statuses, is_course=is_course)


def _write_line(
    row: SentRow, run: str | None, statuses: Collection[str], *, is_course: bool
) -> str:
    """Write a row as COPY reads it; only of the key is anything taken that a file says."""
    key, fault, doubt, staff = strip_key(row.student_key), "", "", None
    folded = "" if _is_no_key(key) else fold(key)
    if row.fault is not None:
        fault = row.fault.verdict
    elif not folded:
        fault = "invalid-key"
    if is_course:
        said = row.course_staff.strip().lower()
        fault = fault or ("" if run else "course-not-found")
        doubt = "" if said in COURSE_STAFF else "invalid-course-staff"
        staff = COURSE_STAFF.get(said)
    status = row.status
    if status not in statuses:
        status, doubt = "", "invalid-status"
    names = f"{_escape(folded)}\t{_escape(run or '')}"
    return f"{row.line}\t{fault}\t{doubt}\t{names}\t{status}\t{NULL if staff is None else staff}\n"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text


def _is_no_key(key: str) -> bool:
    if not key or len(key) > KEY_LENGTH:
        return True
    return not key.isprintable() and _UNSTORABLE.search(key) is not None


def _map_names(course_runs: Sequence[CourseRun]) -> Mapping[str, str]:
    """Return the keys of course runs by each name that is theirs alone."""
    given = [run.external_key for run in course_runs if run.external_key]
    names = {
        run.external_key: run.key for run in course_runs if given.count(run.external_key) == 1
    }
    return {**names, **{run.key: run.key for run in course_runs}}
