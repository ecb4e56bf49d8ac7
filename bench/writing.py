"""Many rows through the public write operations: created, updated, and replayed unchanged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

import psycopg

from bench import bare, database, saving, school
from bench.database import LEARNERS, PREFIX
from bench.measuring import ROUNDS, Result, median_ratio, micro, progress, time
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseRow, write_program_course_enrollments
from matricula.lms.kernel.api import Action, Judgement, WriteMode
from matricula.lms.program_enrollments.api import ProgramRow, write_program_enrollments
from tests.given import NOW, OPERATOR

MOST_TIMES_BARE = 1.8
LEAST_TIMES_FASTER = 30
SHARE_SAVED = 100
"""For so many rows, one is saved by itself: its cost does not depend on how many there are."""
RUNS = 4

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
_ACTIONS = {CREATED: Action.CREATE, UPDATED: Action.UPDATE, UNCHANGED: Action.UNCHANGED}

Row = TypeVar("Row")


@dataclass
class Side(Generic[Row]):
    """One way to write rows: into which tables, and what it took per row, phase by phase."""

    write: Callable[[Sequence[Row]], object]
    tables: Sequence[str]
    emptied: Sequence[str] = ()
    costs: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, phase: str, rows: Sequence[Row]) -> None:
        """Write the rows to tables that are empty, or hold what the last phase left, at rest."""
        if phase == CREATED and self.emptied:
            database.empty(*self.emptied)
            database.run("CHECKPOINT")
        else:
            database.settle(*self.tables)
        seconds = time(lambda: self.write(rows))
        self.costs.setdefault(phase, []).append(seconds / len(rows))


@dataclass(frozen=True)
class Phase(Generic[Row]):
    """What is done with all rows.

    ``saved`` are the few that are saved one at a time: of other students, in the same tables.
    """

    name: str
    rows: Sequence[Row]
    saved: Sequence[Row]


@dataclass(frozen=True)
class Contest(Generic[Row]):
    """The public operation, the bare staged upsert, and the saves, on the same rows."""

    subject: str
    phases: Sequence[Phase[Row]]
    ours: Side[Row]
    floor: Side[Row]
    saves: Side[Row]

    def hold(self) -> list[Result]:
        """Measure all, in turns, and compare."""
        for number in range(ROUNDS):
            progress(f"{self.subject}: round {number + 1} of {ROUNDS}")
            for phase in self.phases:
                pair = (self.ours, self.floor)
                for side in pair if number % 2 else reversed(pair):
                    side.measure(phase.name, phase.rows)
                self.saves.measure(phase.name, phase.saved)
        return [result for phase in self.phases for result in self._compare(phase)]

    def _compare(self, phase: Phase[Row]) -> Iterator[Result]:
        ours, floor, saves = (
            side.costs[phase.name] for side in (self.ours, self.floor, self.saves)
        )
        what = f"{len(phase.rows):,} {self.subject} {phase.name}"
        yield Result(
            name=f"{what}: times the bare staged upsert",
            ratio=median_ratio(ours, floor),
            limit=MOST_TIMES_BARE,
            is_at_most=True,
            detail=f"{micro(ours)} against {micro(floor)} µs a row",
        )
        yield Result(
            name=f"{what}: times faster than saves",
            ratio=median_ratio(saves, ours),
            limit=LEAST_TIMES_FASTER,
            is_at_most=False,
            detail=f"{micro(ours)} against {micro(saves)} µs a row",
        )


def measure_program_writes(count: int) -> list[Result]:
    """Measure ``write_program_enrollments``."""
    program, _ = school.program("writing")
    few = max(count // SHARE_SAVED, saving.CALL)
    phases = [
        Phase(
            name,
            school.program_rows(0, count, status=status),
            school.program_rows(count, few, status=status),
        )
        for name, status in ((CREATED, "enrolled"), (UPDATED, "pending"), (UNCHANGED, "pending"))
    ]
    tables = ("identity", "program_enrollment")
    copies = [f"{PREFIX}{table}" for table in bare.TABLES]

    def write(rows: Sequence[ProgramRow]) -> list[Judgement]:
        return write_program_enrollments(
            program=program, rows=rows, mode=WriteMode.UPSERT, by=OPERATOR, at=NOW
        )

    with database.connect() as client:
        upsert = partial(bare.upsert_program_rows, client, program)
        save = partial(saving.save_program_rows, program)
        require_answers(write, phases, before=lambda: database.empty(*LEARNERS))
        return Contest(
            "program enrollments",
            phases,
            ours=Side(write, tables, LEARNERS),
            floor=Side(upsert, [f"{PREFIX}{table}" for table in tables], copies),
            saves=Side(save, tables),
        ).hold()


def measure_course_writes(count: int) -> list[Result]:
    """Measure ``write_program_course_enrollments``, for students who are in the program."""
    program, runs = school.program("courses", runs=RUNS)
    students = count // RUNS
    few = max(students // SHARE_SAVED, saving.CALL)
    phases = [
        Phase(
            name,
            school.course_rows(0, students, runs, status=status),
            school.course_rows(students, few, runs, status=status),
        )
        for name, status in ((CREATED, "active"), (UPDATED, "inactive"), (UNCHANGED, "inactive"))
    ]
    tables = ("course_enrollment", "course_role")
    emptied = (*tables, "change")
    copies = [f"{PREFIX}{table}" for table in tables]

    def write(rows: Sequence[CourseRow]) -> list[Judgement]:
        return write_program_course_enrollments(
            program=program, rows=rows, mode=WriteMode.UPSERT, by=OPERATOR, at=NOW
        )

    with database.connect() as client:
        _admit(client, program, students + few)
        require_answers(write, phases, before=lambda: database.empty(*emptied))
        return Contest(
            "course enrollments",
            phases,
            ours=Side(write, tables, emptied),
            floor=Side(partial(bare.upsert_course_rows, client, program), copies, copies),
            saves=Side(partial(saving.save_course_rows, program), tables),
        ).hold()


def _admit(client: psycopg.Connection, program: ProgramOutline, students: int) -> None:
    """Enroll the students in the program, on both sides."""
    database.empty(*LEARNERS)
    database.empty(*(f"{PREFIX}{table}" for table in bare.TABLES))
    rows = school.program_rows(0, students, status="enrolled")
    write_program_enrollments(
        program=program, rows=rows, mode=WriteMode.CREATE, by=OPERATOR, at=NOW
    )
    bare.upsert_program_rows(client, program, rows)
    for prefix in ("", PREFIX):
        database.settle(f"{prefix}identity", f"{prefix}program_enrollment")


def require_answers(
    write: Callable[[Sequence[Row]], list[Judgement]],
    phases: Sequence[Phase[Row]],
    *,
    before: Callable[[], None],
) -> None:
    """Go through the phases once, so that what is measured later is known to be done."""
    before()
    for phase in phases:
        done = {judgement.action for judgement in write(phase.rows)}
        assert done == {_ACTIONS[phase.name]}, f"{phase.name}: {done}"
