"""What must be true of enrollments, once more in plain Python, from the design and the contract.

Written from docs/decisions and the contract of the edX wire, not from the code, of which it calls
nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.lives.words import (
    ACTIVE_ONE,
    BAD_KEYS,
    FOLDED,
    NOTHING_SAID,
    STAFF,
    STATUSES,
    STUDYING,
    Program,
)

Name = tuple[str, str | None, str]
"""Kind, school, and what is compared."""
Answer = tuple[str, str]
"""Action and verdict."""


@dataclass(eq=False)
class Person:
    """An identity."""

    name: Name
    values: set[str]
    account: str | None = None
    via: str | None = None
    is_retired: bool = False
    id: int = 0

    @property
    def waits(self) -> bool:
        return self.account is None and not self.is_retired


@dataclass(eq=False)
class Enrollment:
    person: Person
    program: str
    curriculum: int
    status: str
    created: datetime
    modified: datetime


@dataclass(eq=False)
class Grant:
    person: Person
    run: str
    through: Enrollment | None
    mode: str
    is_active: bool
    created: datetime
    modified: datetime

    @property
    def faults(self) -> set[str]:
        """Words that must stand in the reason why it is not effective."""
        faults = set() if self.is_active else {"inactive"}
        if self.through is not None and self.through.status not in STUDYING:
            faults.add(self.through.status)
        return faults


@dataclass(eq=False)
class Role:
    person: Person
    run: str
    through: Enrollment


@dataclass(eq=False)
class Dispute:
    """An open conflict."""

    person: Person
    holder: str
    claimant: str
    attempts: int = 1


@dataclass(frozen=True)
class Row:
    key: str
    status: str
    curriculum: str = NOTHING_SAID
    run: str = ""
    staff: str = ""


@dataclass(frozen=True)
class DirectRow:
    name: Name
    value: str
    run: str
    mode: str
    is_active: bool


@dataclass(frozen=True)
class Choice:
    """Which waiting enrollments are meant."""

    program: str | None = None
    school: str | None = None
    names: tuple[Name, ...] | None = None
    unchanged_since: datetime | None = None


@dataclass
class World:
    persons: list[Person] = field(default_factory=list)
    enrollments: list[Enrollment] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    retired: set[str] = field(default_factory=set)

    # Finding

    def find(self, name: Name) -> Person | None:
        found = (each for each in self.persons if each.name == name and not each.is_retired)
        return next(found, None)

    def mention(self, name: Name, values: set[str]) -> Person:
        person = self.find(name)
        if person is None:
            person = Person(name, values)
            self.persons.append(person)
        return person

    def names_of(self, account: str) -> list[Person]:
        return [person for person in self.persons if person.account == account]

    def enrollment_meant(
        self, program: Program, row: Row, *, by_curriculum: bool
    ) -> Enrollment | None:
        """The stored one a row is about: the named one, else the active, else the newest."""
        person = self.find(("student_key", program.school, FOLDED[row.key]))
        found = [
            each
            for each in self.enrollments
            if each.person is person and each.program == program.key
        ]
        if by_curriculum and row.curriculum != NOTHING_SAID:
            found = [each for each in found if each.curriculum == curriculum_of(program, row)]
        active = [each for each in found if each.curriculum == program.active]
        return next(iter(active or reversed(found)), None)

    # Writing programs

    def write_program(
        self,
        program: Program,
        rows: Sequence[Row],
        *,
        mode: str,
        by_curriculum: bool,
        atomic: bool,
        at: datetime,
    ) -> list[Answer]:
        judged = [
            self._judge_program_row(program, row, rows, mode=mode, by_curriculum=by_curriculum)
            for row in rows
        ]
        if atomic and any(action == "refuse" for action, _ in judged):
            return judged
        for row, (_, verdict) in zip(rows, judged, strict=True):
            said = verdict not in {"invalid-key", "duplicated", "invalid-status"}
            curriculum = curriculum_of(program, row)
            if mode != "update" and said and curriculum is not None:
                spelled = {each.key.strip() for each in rows if same_key(each, row)}
                self.mention(("student_key", program.school, FOLDED[row.key]), spelled)
        known = [
            None
            if verdict in {"invalid-key", "duplicated"}
            else self.enrollment_meant(program, row, by_curriculum=by_curriculum)
            for row, (_, verdict) in zip(rows, judged, strict=True)
        ]
        for row, (action, _), enrollment in zip(rows, judged, known, strict=True):
            if action == "create":
                self._enroll(program, row, at)
            elif action == "update" and enrollment is not None:
                enrollment.status, enrollment.modified = row.status, at
        return judged

    def _enroll(self, program: Program, row: Row, at: datetime) -> None:
        person = self.find(("student_key", program.school, FOLDED[row.key]))
        curriculum = curriculum_of(program, row)
        assert person is not None
        assert curriculum is not None
        made = Enrollment(person, program.key, curriculum, row.status, at, at)
        self.enrollments.append(made)

    def _judge_program_row(  # noqa: PLR0911  the order of judgement, line by line
        self, program: Program, row: Row, rows: Sequence[Row], *, mode: str, by_curriculum: bool
    ) -> Answer:
        if row.key in BAD_KEYS:
            return ("refuse", "invalid-key")
        if is_repeated(program, row, [r for r in rows if same_key(r, row)], by_curriculum):
            return ("refuse", "duplicated")
        if row.status not in STATUSES:
            return ("refuse", "invalid-status")
        if by_curriculum and names_none(program, row):
            return ("refuse", "invalid-curriculum")
        stored = self.enrollment_meant(program, row, by_curriculum=by_curriculum)
        if stored is not None:
            if mode == "create":
                return ("refuse", "conflict")
            return ("unchanged" if stored.status == row.status else "update", row.status)
        if mode == "update":
            return ("refuse", "not-in-program")
        if curriculum_of(program, row) is None:
            return ("refuse", "invalid-curriculum")
        return ("create", row.status)

    # Writing courses

    def write_courses(
        self,
        program: Program,
        rows: Sequence[Row],
        *,
        mode: str,
        by_curriculum: bool,
        one_program_per_run: bool,
        atomic: bool,
        at: datetime,
    ) -> list[Answer]:
        judged = [
            self._judge_course_row(
                program,
                row,
                rows,
                mode=mode,
                by_curriculum=by_curriculum,
                strict=one_program_per_run,
            )
            for row in rows
        ]
        if atomic and any(action == "refuse" for action, _ in judged):
            return judged
        for row, (action, _) in zip(rows, judged, strict=True):
            if action in {"create", "update"}:
                through = self.enrollment_meant(program, row, by_curriculum=by_curriculum)
                assert through is not None
                self._put_on_course(program, through, row, at)
        return judged

    def _judge_course_row(  # noqa: PLR0911  the order of judgement, line by line
        self,
        program: Program,
        row: Row,
        rows: Sequence[Row],
        *,
        mode: str,
        by_curriculum: bool,
        strict: bool,
    ) -> Answer:
        run = run_of(program, row)
        if row.key in BAD_KEYS:
            return ("refuse", "invalid-key")
        if run is None:
            return ("refuse", "course-not-found")
        alike = [each for each in rows if same_key(each, row) and run_of(program, each) == run]
        if is_repeated(program, row, alike, by_curriculum):
            return ("refuse", "duplicated")
        if row.status not in {"active", "inactive"}:
            return ("refuse", "invalid-status")
        if row.staff not in STAFF:
            return ("refuse", "invalid-course-staff")
        if by_curriculum and names_none(program, row):
            return ("refuse", "invalid-curriculum")
        if strict and row.status == "active" and self._is_active_elsewhere(program, row, run):
            return ("refuse", "conflict")
        through = self.enrollment_meant(program, row, by_curriculum=by_curriculum)
        if through is None:
            return ("refuse", "not-in-program")
        return self._judge_stored_grant(through, run, row, mode)

    def _judge_stored_grant(self, through: Enrollment, run: str, row: Row, mode: str) -> Answer:
        grant = self._grant_through(through, run)
        if grant is None:
            if mode == "update":
                return ("refuse", "not-found")
            return ("create", row.status)
        if mode == "create":
            return ("refuse", "conflict")
        wanted = STAFF[row.staff]
        same_staff = wanted is None or wanted == bool(self._roles_through(through, run))
        same = grant.is_active == (row.status == "active") and same_staff
        return ("unchanged" if same else "update", row.status)

    def _is_active_elsewhere(self, program: Program, row: Row, run: str) -> bool:
        person = self.find(("student_key", program.school, FOLDED[row.key]))
        if person is None:
            return False
        own = [person] if person.account is None else self.names_of(person.account)
        return any(
            grant.is_active
            and grant.run == run
            and grant.person in own
            and grant.through is not None
            and grant.through.program != program.key
            for grant in self.grants
        )

    def _put_on_course(
        self, program: Program, through: Enrollment, row: Row, at: datetime
    ) -> None:
        run, is_active = run_of(program, row), row.status == "active"
        assert run is not None
        grant = self._grant_through(through, run)
        if grant is None:
            made = Grant(through.person, run, through, program.mode, is_active, at, at)
            self.grants.append(made)
        elif grant.is_active != is_active:
            grant.is_active, grant.modified = is_active, at
        roles = self._roles_through(through, run)
        if STAFF[row.staff] is True and not roles:
            self.roles.append(Role(through.person, run, through))
        if STAFF[row.staff] is False:
            self.roles = [role for role in self.roles if role not in roles]

    def _grant_through(self, through: Enrollment, run: str) -> Grant | None:
        found = (each for each in self.grants if each.through is through and each.run == run)
        return next(found, None)

    def _roles_through(self, through: Enrollment, run: str) -> list[Role]:
        return [role for role in self.roles if role.through is through and role.run == run]


def curriculum_of(program: Program, row: Row) -> int | None:
    """The curriculum a row means, as its place in the program; None if it has no such one."""
    if row.curriculum in {NOTHING_SAID, ACTIVE_ONE}:
        return program.active
    place = int(row.curriculum) if row.curriculum.isdigit() else program.curricula
    return place if place < program.curricula else None


def names_none(program: Program, row: Row) -> bool:
    return row.curriculum != NOTHING_SAID and curriculum_of(program, row) is None


def run_of(program: Program, row: Row) -> str | None:
    run = row.run.removeprefix("external ")
    return run if run in program.runs else None


def same_key(one: Row, other: Row) -> bool:
    return (
        one.key not in BAD_KEYS
        and other.key not in BAD_KEYS
        and FOLDED[one.key] == FOLDED[other.key]
    )


def is_repeated(program: Program, row: Row, alike: Iterable[Row], by_curriculum: bool) -> bool:  # noqa: FBT001  told by its name
    """Several rows of one key, unless each names a curriculum of its own."""
    rows = list(alike)
    named = [curriculum_of(program, each) for each in rows if each.curriculum != NOTHING_SAID]
    apart = by_curriculum and len(set(named) - {None}) == len(rows)
    return len(rows) > 1 and not apart
