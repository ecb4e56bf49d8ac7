"""An LMS in memory, for tests of those who call one. The same tests hold it to the real one."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from matricula.lms_client.protocol import Row
from matricula.lms_client.records import (
    Binding,
    Change,
    ChangePage,
    CourseEnrollment,
    CourseRow,
    CourseRun,
    Job,
    Mode,
    Program,
    ProgramEnrollment,
    ProgramRow,
    RosterAnswer,
    RowAnswer,
)
from matricula.lms_client.refusals import LmsNotFound

STATUSES = {"enrolled", "pending", "suspended", "canceled", "ended"}
STUDYING = {"enrolled", "pending", "ended"}
ROWS_AT_ONCE = 20_000
NOT_FOUND = 404
_PAST = {"create": "created", "update": "changed"}


@dataclass
class _Stored:
    """What is stored of a student in a program, or of a student in a course run."""

    value: str
    status: str
    created_at: datetime
    modified_at: datetime
    is_staff: bool = False


@dataclass
class _Judged:
    row: Row
    answer: RowAnswer


@dataclass
class FakeLms:
    """A catalog, accounts by username, and what is written. Rows are folded as the LMS does.

    Jobs are done when they are asked for the second time, as if a worker had been at them.
    """

    programs: list[Program] = field(default_factory=list)
    usernames: set[str] = field(default_factory=set)
    rows_at_once: int = ROWS_AT_ONCE
    _students: dict[tuple[UUID, str], _Stored] = field(default_factory=dict)
    _grants: dict[tuple[UUID, str, str], _Stored] = field(default_factory=dict)
    _bound: dict[tuple[str, str], str] = field(default_factory=dict)
    _jobs: dict[UUID, tuple[Job, list[RowAnswer]]] = field(default_factory=dict)
    _changes: list[Change] = field(default_factory=list)

    def get_program(self, uuid: UUID) -> Program:
        """Return a program with its curricula and course runs."""
        return self._find_program(str(uuid))

    def list_programs(self) -> Iterator[Program]:
        """Return all programs of the catalog."""
        yield from self.programs

    def send_roster(
        self,
        program: str,
        rows: Iterable[Row],
        *,
        mode: Mode = Mode.UPSERT,
        atomic: bool = False,
        dry_run: bool = False,
        reason: str = "",
    ) -> RosterAnswer | Job:
        """Send rows of one kind; a short roster is answered at once, a long one becomes a job."""
        sent = list(rows)
        if len({type(row) for row in sent}) != 1:
            raise ValueError("A roster has rows, all of one kind.")
        found = self._find_program(program)
        judged = self._judge_all(found, sent, mode)
        is_refused = any(each.answer.action == "refuse" for each in judged)
        applied = not dry_run and not (atomic and is_refused)
        if applied:
            for each in judged:
                self._write(found, each, reason)
        answers = [each.answer for each in judged]
        counts = _count(answers)
        if len(sent) <= self.rows_at_once:
            return RosterAnswer(applied=applied, counts=counts, rows=answers)
        job = Job(uuid=uuid4(), program=found.key, state="pending", progress=0.0)
        done = Job(
            uuid=job.uuid,
            program=found.key,
            state="succeeded",
            progress=1.0,
            counts=counts,
            applied=applied,
        )
        self._jobs[job.uuid] = (done, answers)
        return job

    def get_job(self, job: UUID) -> Job:
        """Return how a job stands."""
        return self._find_job(job)[0]

    def cancel_job(self, job: UUID) -> Job:
        """Ask for a job to stop; here it is always too late."""
        return self._find_job(job)[0]

    def list_answers(self, job: UUID) -> Iterator[RowAnswer]:
        """Return the answers of a finished job, by line."""
        yield from self._find_job(job)[1]

    def list_program_enrollments(
        self,
        program: str,
        *,
        waiting: bool | None = None,
        changed_since: datetime | None = None,
    ) -> Iterator[ProgramEnrollment]:
        """Return the enrollments of a program."""
        found = self._find_program(program)
        for (uuid, folded), stored in self._students.items():
            account = self._holder(found, folded)
            is_waiting = account is None
            is_late = changed_since is not None and stored.modified_at < changed_since
            if uuid == found.uuid and waiting in {None, is_waiting} and not is_late:
                yield ProgramEnrollment(
                    student_key=stored.value,
                    organization=_school(found),
                    program=found.key,
                    curriculum=_active_curriculum(found),
                    status=stored.status,
                    waiting=is_waiting,
                    account=account,
                    created_at=stored.created_at,
                    modified_at=stored.modified_at,
                )

    def list_course_enrollments(
        self, program: str, *, course_run: str | None = None
    ) -> Iterator[CourseEnrollment]:
        """Return what students are granted through a program."""
        found = self._find_program(program)
        runs = {run.key: run for run in _runs(found)}
        for (uuid, folded, key), stored in self._grants.items():
            if uuid == found.uuid and course_run in {None, key}:
                account = self._holder(found, folded)
                status = self._students[found.uuid, folded].status
                is_active = stored.status == "active"
                yield CourseEnrollment(
                    kind="student_key",
                    value=self._students[found.uuid, folded].value,
                    organization=_school(found),
                    program=found.key,
                    course_run=key,
                    external_key=runs[key].external_key or "",
                    mode=found.mode or "",
                    active=is_active,
                    effective=is_active and status in STUDYING and account is not None,
                    course_staff=stored.is_staff,
                    waiting=account is None,
                    account=account,
                )

    def list_changes(
        self,
        *,
        after: str | None = None,
        program: str | None = None,
        subjects: Collection[str] = (),
    ) -> ChangePage:
        """Return a page of what has changed since a cursor."""
        start = int(after or 0)
        key = None if program is None else self._find_program(program).key
        found = [
            each
            for each in self._changes[start:]
            if key in {None, (each.after or {}).get("program")}
            and (not subjects or each.subject in subjects)
        ]
        return ChangePage(results=found, next_cursor=str(len(self._changes)), is_end=True)

    def find_seat(self, username: str, course_run: str) -> str | None:
        """Return the mode in which a learner is in a course run, or None."""
        if username not in self.usernames:
            raise _not_found(f"There is no account {username!r}.")
        for program in self.programs:
            for enrollment in self.list_course_enrollments(program.key, course_run=course_run):
                if enrollment.account == username and enrollment.effective:
                    return enrollment.mode
        return None

    def bind_student_keys(
        self, organization: str, usernames: dict[str, str], *, reason: str
    ) -> list[Binding]:
        """Link student keys to accounts, each by itself; ``usernames`` are by student key."""
        return [
            Binding(value=key, username=name, outcome=self._bind(organization, key, name, reason))
            for key, name in usernames.items()
        ]

    def _bind(self, organization: str, key: str, username: str, reason: str) -> str:
        if username not in self.usernames:
            return "unknown-account"
        holder = self._bound.setdefault((organization, _fold(key)), username)
        if holder != username:
            return "refused"
        after = {"value": key, "username": username}
        self._tell("identity", "changed", after, reason)
        return "bound"

    def _find_program(self, name: str) -> Program:
        for program in self.programs:
            if name.lower() in {program.key.lower(), str(program.uuid)}:
                return program
        raise _not_found(f"There is no program {name!r}.")

    def _find_job(self, uuid: UUID) -> tuple[Job, list[RowAnswer]]:
        if uuid not in self._jobs:
            raise _not_found(f"There is no job {uuid}.")
        return self._jobs[uuid]

    def _holder(self, program: Program, folded: str) -> str | None:
        return self._bound.get((_school(program), folded))

    def _judge_all(self, program: Program, rows: list[Row], mode: Mode) -> list[_Judged]:
        repeated = Counter(_name(program, row) for row in rows)
        return [
            _Judged(row, self._judge(program, line, row, mode, repeated[_name(program, row)]))
            for line, row in enumerate(rows, start=1)
        ]

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
        if not _fold(row.student_key):
            return "invalid-key"
        if isinstance(row, CourseRow) and _find_run(program, row.course_id) is None:
            return "course-not-found"
        if times > 1:
            return "duplicated"
        if row.status not in allowed:
            return "invalid-status"
        is_in = (program.uuid, _fold(row.student_key)) in self._students
        return None if is_in or isinstance(row, ProgramRow) else "not-in-program"

    def _find_stored(self, program: Program, row: Row) -> _Stored | None:
        folded = _fold(row.student_key)
        if isinstance(row, ProgramRow):
            return self._students.get((program.uuid, folded))
        run = _find_run(program, row.course_id)
        return self._grants.get((program.uuid, folded, run.key if run else ""))

    def _write(self, program: Program, judged: _Judged, reason: str) -> None:
        row, action = judged.row, judged.answer.action
        if action not in {"create", "update"}:
            return
        now = datetime.now(UTC)
        folded = _fold(row.student_key)
        stored = self._find_stored(program, row)
        if stored is None:
            stored = _Stored(row.student_key.strip(), row.status, now, now)
        stored.status, stored.modified_at = row.status, now
        stored.is_staff = bool(stored.is_staff if _staff(row) is None else _staff(row))
        after = {"program": program.key, "student_key": stored.value, "status": row.status}
        subject = "program_enrollment"
        if isinstance(row, ProgramRow):
            self._students[program.uuid, folded] = stored
        elif run := _find_run(program, row.course_id):
            self._grants[program.uuid, folded, run.key] = stored
            subject, after = "course_enrollment", {**after, "course_run": run.key}
        self._tell(subject, _PAST[action], after, reason)

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


def _not_found(words: str) -> LmsNotFound:
    return LmsNotFound(words, status=NOT_FOUND, code="not-found", request_id="")


def _fold(key: str) -> str:
    return key.strip().casefold()


def _school(program: Program) -> str:
    return program.authoring_organizations[0].key


def _active_curriculum(program: Program) -> str:
    return next(str(each.uuid) for each in program.curricula if each.is_active)


def _runs(program: Program) -> list[CourseRun]:
    active = next((each for each in program.curricula if each.is_active), None)
    courses = [*program.courses, *(active.courses if active else ())]
    return [run for course in courses for run in course.course_runs]


def _find_run(program: Program, key: str) -> CourseRun | None:
    return next((run for run in _runs(program) if key in {run.key, run.external_key}), None)


def _name(program: Program, row: Row) -> tuple[str, str]:
    if isinstance(row, ProgramRow):
        return (_fold(row.student_key), "")
    run = _find_run(program, row.course_id)
    return (_fold(row.student_key), run.key if run else row.course_id)


def _staff(row: Row) -> bool | None:
    return row.course_staff if isinstance(row, CourseRow) else None


def _count(answers: list[RowAnswer]) -> dict[str, int]:
    counted = Counter(each.action for each in answers)
    return {action: counted[action] for action in ("create", "update", "unchanged", "refuse")}
