"""What the LMS in memory keeps, and how it judges and writes rows: as the real one does."""

import csv
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import msgspec

from matricula.lms_client.protocol import Row
from matricula.lms_client.records import (
    Change,
    CourseRow,
    CourseRun,
    EnrollmentKind,
    Form,
    HistoryMonth,
    Job,
    Mode,
    Program,
    ProgramRow,
    RosterAnswer,
    RowAnswer,
)
from matricula.lms_client.refusals import LmsNotFound
from matricula.service.escaping import unescape_cells
from matricula.service.folding import fold, strip_key

STATUSES = {"enrolled", "pending", "suspended", "canceled", "ended"}
FAULTS = {"invalid-key", "course-not-found", "duplicated", "invalid-status"}
"""Of a row itself: what is stored of it is not looked up."""
ROWS_AT_ONCE = 20_000
NOT_FOUND = 404
Numbered = tuple[int, Row]
"""A row and the line it stands on."""

_PAST = {"create": "created", "update": "changed"}


@dataclass(frozen=True)
class FakeGrade:
    """What somebody earned in a course run; without percent it cannot be told."""

    is_passing: bool
    percent: float | None
    letter: str = ""


@dataclass
class Stored:
    """What is stored of a student in a program, or of a student in a course run."""

    value: str
    status: str
    created_at: datetime
    modified_at: datetime
    is_staff: bool = False


@dataclass
class Judged:
    """A row and its answer; ``before`` is what is stored of it, in a word."""

    row: Row
    answer: RowAnswer
    before: str = ""


@dataclass(frozen=True)
class Written:
    """A row that was written, as it was before and is after; None is nothing."""

    program: UUID
    folded: str
    run: str
    before: Stored | None
    after: Stored | None


@dataclass
class FakeStore:
    """A catalog, accounts by username, grades by username and run, and what is written."""

    programs: list[Program] = field(default_factory=list)
    usernames: set[str] = field(default_factory=set)
    rows_at_once: int = ROWS_AT_ONCE
    grades: dict[tuple[str, str], FakeGrade] = field(default_factory=dict)
    _students: dict[tuple[UUID, str], Stored] = field(default_factory=dict)
    _grants: dict[tuple[UUID, str, str], Stored] = field(default_factory=dict)
    _bound: dict[tuple[str, str], str] = field(default_factory=dict)
    _jobs: dict[UUID, tuple[Job, list[RowAnswer]]] = field(default_factory=dict)
    _changes: list[Change] = field(default_factory=list)
    _kept: dict[str, RosterAnswer | Job] = field(default_factory=dict)
    _written: dict[UUID, list[Written]] = field(default_factory=dict)
    """By job and by plan."""
    _requested: dict[tuple[UUID, str], list[Written]] = field(default_factory=dict)
    """By program and id of the request."""

    def _bind(self, organization: str, key: str, username: str, reason: str) -> str:
        if username not in self.usernames:
            return "unknown-account"
        holder = self._bound.setdefault((organization, fold(key)), username)
        if holder != username:
            return "refused"
        after = {"value": key, "username": username}
        self._tell("identity", "changed", after, reason)
        return "bound"

    def _find_program(self, name: str) -> Program:
        for program in self.programs:
            if name.lower() in {program.key.lower(), str(program.uuid)}:
                return program
        raise not_found(f"There is no program {name!r}.")

    def list_history(self, program: str, *, months: int = 24) -> Sequence[HistoryMonth]:
        """Return how a program stands now: an LMS in memory is of this month."""
        del months
        found = self._find_program(program)
        counts = Counter(
            stored.status for (uuid, _), stored in self._students.items() if uuid == found.uuid
        )
        month = f"{datetime.now(UTC):%Y-%m}"
        return [HistoryMonth(month=month, counts=dict(counts))] if counts else []

    def _find_job(self, uuid: UUID) -> tuple[Job, list[RowAnswer]]:
        if uuid not in self._jobs:
            raise not_found(f"There is no job {uuid}.")
        return self._jobs[uuid]

    def _holder(self, program: Program, folded: str) -> str | None:
        return self._bound.get((school(program), folded))

    def _judge_all(self, program: Program, rows: list[Numbered], mode: Mode) -> list[Judged]:
        repeated = Counter(_name(program, row) for _, row in rows)
        answers = [
            self._judge(program, line, row, mode, repeated[_name(program, row)])
            for line, row in rows
        ]
        return [
            Judged(row, answer, self._tell_before(program, row, answer))
            for (_, row), answer in zip(rows, answers, strict=True)
        ]

    def _tell_before(self, program: Program, row: Row, answer: RowAnswer) -> str:
        stored = self._find_stored(program, row)
        if stored is None or answer.verdict in FAULTS:
            return ""
        is_told_staff = _staff(row) is not None and stored.is_staff
        return f"{stored.status}, staff" if is_told_staff else stored.status

    def _judge(self, program: Program, line: int, row: Row, mode: Mode, times: int) -> RowAnswer:
        course_id = row.course_id if isinstance(row, CourseRow) else None

        def answer(action: str, verdict: str) -> RowAnswer:
            return RowAnswer(
                line=line,
                student_key=row.student_key,
                action=action,
                verdict=verdict,
                reason="refused" if action == "refuse" else "",
                course_id=course_id,
            )

        if fault := self._find_fault(program, row, times):
            return answer("refuse", fault)
        stored = self._find_stored(program, row)
        if stored is None:
            may = mode is not Mode.UPDATE
            missing = "not-in-program" if course_id is None else "not-found"
            return answer("create", row.status) if may else answer("refuse", missing)
        if mode is Mode.CREATE:
            return answer("refuse", "conflict")
        same = stored.status == row.status and _staff(row) in {None, stored.is_staff}
        return answer("unchanged" if same else "update", row.status)

    def _find_fault(self, program: Program, row: Row, times: int) -> str | None:
        allowed = STATUSES if isinstance(row, ProgramRow) else {"active", "inactive"}
        if not fold(row.student_key):
            return "invalid-key"
        if isinstance(row, CourseRow) and _find_run(program, row.course_id) is None:
            return "course-not-found"
        if times > 1:
            return "duplicated"
        if row.status not in allowed:
            return "invalid-status"
        is_in = (program.uuid, fold(row.student_key)) in self._students
        return None if is_in or isinstance(row, ProgramRow) else "not-in-program"

    def _find_stored(self, program: Program, row: Row) -> Stored | None:
        folded = fold(row.student_key)
        if isinstance(row, ProgramRow):
            return self._students.get((program.uuid, folded))
        run = _find_run(program, row.course_id)
        return self._grants.get((program.uuid, folded, run.key if run else ""))

    def _write(self, program: Program, judged: Judged, reason: str) -> list[Written]:
        """Write a row if it is to be written, and return what was."""
        row, action = judged.row, judged.answer.action
        if action not in {"create", "update"}:
            return []
        now = datetime.now(UTC)
        folded = fold(row.student_key)
        before = self._find_stored(program, row)
        stored = replace(before or Stored(strip_key(row.student_key), row.status, now, now))
        stored.status, stored.modified_at = row.status, now
        stored.is_staff = bool(stored.is_staff if _staff(row) is None else _staff(row))
        after = {"program": program.key, "student_key": stored.value, "status": row.status}
        subject, run_key = "program_enrollment", ""
        if isinstance(row, ProgramRow):
            self._students[program.uuid, folded] = stored
        elif run := _find_run(program, row.course_id):
            run_key = run.key
            self._grants[program.uuid, folded, run_key] = stored
            subject, after = "course_enrollment", {**after, "course_run": run_key}
        self._tell(subject, _PAST[action], after, reason)
        return [Written(program.uuid, folded, run_key, before, stored)]

    def _note_request(self, program: Program, request_id: str, written: list[Written]) -> None:
        """Keep what was written under an id; a row of several calls is as before the first."""
        if not request_id:
            return
        kept = self._requested.setdefault((program.uuid, request_id), [])
        rows = {(each.folded, each.run): each for each in kept}
        for each in written:
            first = rows.get((each.folded, each.run), each)
            rows[each.folded, each.run] = replace(each, before=first.before)
        kept[:] = rows.values()

    def _tell(self, subject: str, action: str, after: dict[str, Any], reason: str) -> None:
        change = Change(
            cursor=str(len(self._changes) + 1),
            subject=subject,
            action=action,
            before=None,
            after=after,
            at=datetime.now(UTC),
            actor="account:0",
            reason=reason,
        )
        self._changes.append(change)


def not_found(words: str) -> LmsNotFound:
    """Return the refusal of what does not exist."""
    return LmsNotFound(words, status=NOT_FOUND, code="not-found", request_id="")


def school(program: Program) -> str:
    """Return the key of the organization whose student keys a program's rosters speak."""
    return program.authoring_organizations[0].key


def active_curriculum(program: Program) -> str:
    """Return the uuid of the curriculum that is meant if a row names none."""
    return next(str(each.uuid) for each in program.curricula if each.is_active)


def runs(program: Program) -> list[CourseRun]:
    """Return the course runs of a program."""
    active = next((each for each in program.curricula if each.is_active), None)
    courses = [*program.courses, *(active.courses if active else ())]
    return [run for course in courses for run in course.course_runs]


def _find_run(program: Program, key: str) -> CourseRun | None:
    return next((run for run in runs(program) if key in {run.key, run.external_key}), None)


def _name(program: Program, row: Row) -> tuple[str, str]:
    if isinstance(row, ProgramRow):
        return (fold(row.student_key), "")
    run = _find_run(program, row.course_id)
    return (fold(row.student_key), run.key if run else row.course_id)


def _staff(row: Row) -> bool | None:
    return row.course_staff if isinstance(row, CourseRow) else None


def tell_row(row: Row) -> str:
    """Return what a row asks for, in a word."""
    return f"{row.status}, staff" if _staff(row) else row.status


def count(answers: list[RowAnswer]) -> dict[str, int]:
    """Return how many answers there are by action."""
    counted = Counter(each.action for each in answers)
    return {action: counted[action] for action in ("create", "update", "unchanged", "refuse")}


def read_rows(content: bytes, kind: EnrollmentKind, form: Form) -> list[Numbered]:
    """Return the rows of a file with their lines."""
    is_program = kind is EnrollmentKind.PROGRAM_ENROLLMENTS
    wanted: type[Row] = ProgramRow if is_program else CourseRow
    if form is Form.NDJSON:
        lines = enumerate(content.removeprefix(BOM_UTF8).split(b"\n"), start=1)
        return [(at, msgspec.json.decode(line, type=wanted)) for at, line in lines if line.strip()]
    (_, header), *records = _read_records(content)
    return [
        (at, _read_cells(dict(zip(header, cells, strict=False)), wanted)) for at, cells in records
    ]


def _read_records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Read with the line that each begins on, as the LMS does, but for its refusals."""
    records = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    ended = 0
    for cells in records:
        begun, ended = ended + 1, records.line_num
        if any(map(str.strip, cells)):
            yield begun, unescape_cells(cells)


def _read_cells(cells: dict[str, str], wanted: type[Row]) -> Row:
    given: dict[str, Any] = dict(cells)
    if "course_staff" in given:
        given["course_staff"] = {"true": True, "false": False}.get(given["course_staff"].lower())
    return msgspec.convert(given, wanted)
