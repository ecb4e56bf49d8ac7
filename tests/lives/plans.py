"""Lives in which schools plan before they write: what others do meanwhile, and what is undone."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from matricula.lms.kernel.api import WriteMode
from matricula.lms.plans.api import Plan, PlanNotReady, PlanStale, get_plan
from matricula.lms.rosters.api import RosterKind
from tests import given
from tests.lives.drawing import keys, modes, program_keys
from tests.lives.model import Answer, Enrollment, Grant, Role, Row, World, run_of
from tests.lives.words import FOLDED, PROGRAMS, STAFF, STATUSES
from tests.lives.writes import Writes
from tests.lms.plans.planning import KEPT_FOR, applied, planned, roster, rows_of, undone
from tests.lms.plans.seeing_enrollments import world as enrolled

HOUR = timedelta(hours=1)
UNREAD = {"invalid-key", "duplicated", "invalid-status", "invalid-course-staff"}
"""Of rows that are refused so nobody looks up what is stored."""

people = st.builds(Row, key=keys, status=st.sampled_from([*STATUSES, "on-leave"]))
courses = st.builds(
    Row,
    key=keys,
    status=st.sampled_from(["active", "active", "inactive", "asleep"]),
    run=st.sampled_from(["R1", "R1", "R2", "external R2", "R9"]),
    staff=st.sampled_from(["", *STAFF, "maybe"]),
)
words = st.sampled_from(STATUSES)
staff = st.sampled_from(sorted(STAFF))
rosters = st.one_of(
    st.lists(people, min_size=1, max_size=4), st.lists(courses, min_size=1, max_size=4)
)

short_pauses = st.sampled_from([timedelta(microseconds=1), HOUR, HOUR, KEPT_FOR])

WORDS_OF_COURSES = {
    status: "active" if status in {"enrolled", "pending"} else "inactive" for status in STATUSES
}

Stand = tuple[str, str, str]
"""Of a row, what would be done, its verdict, and what is there."""


@dataclass
class Planned:
    """A plan that nobody has applied yet, and how its rows stood."""

    uuid: UUID
    program: str
    rows: list[Row]
    mode: WriteMode
    stands: list[Stand]
    made_at: datetime
    erased: set[int] = field(default_factory=set)

    @property
    def is_of_courses(self) -> bool:
        return bool(self.rows[0].run)


class Plans(Writes):
    """Lives in which plans are made, applied as shown or not at all, and undone."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[Planned] = []

    @rule(program=program_keys, rows=rosters, mode=modes)
    def plan(self, program: str, rows: list[Row], mode: WriteMode) -> None:
        self._make(program, rows, mode)

    @precondition(lambda self: self.plans)
    @rule(data=st.data(), pause=short_pauses)
    def apply_a_plan(self, data: st.DataObject, pause: timedelta) -> None:
        plan = data.draw(st.sampled_from(self.plans))
        self.plans.remove(plan)
        self._apply(plan, self.pause(pause))

    @precondition(lambda self: self.world.enrollments)
    @rule(data=st.data(), rows=rosters, status=words, theirs=words, staff=staff)
    def apply_what_others_have_touched(
        self, data: st.DataObject, rows: list[Row], status: str, theirs: str, staff: str
    ) -> None:
        enrollment = data.draw(st.sampled_from(self.world.enrollments))
        program, key = enrollment.program, enrollment.person.name[2]
        run = data.draw(st.sampled_from(PROGRAMS[program].runs)) if rows[0].run else ""
        if run:
            status, theirs = WORDS_OF_COURSES[status], WORDS_OF_COURSES[theirs]
        plan = self._make(program, [Row(key, status, run=run), *rows], WriteMode.UPSERT)
        other = Row(key, theirs, run=run, staff=staff if run else "")
        self._apply(self._make(program, [other], WriteMode.UPSERT), self.pause(HOUR))
        self._apply(plan, self.pause(HOUR))

    @rule(program=program_keys, rows=rosters, pause=st.just(HOUR))
    def apply_and_undo(self, program: str, rows: list[Row], pause: timedelta) -> None:
        """What is undone at once was never done, and an undo of it does it again."""
        before, known = enrolled(), _remember(self.world)
        plan = self._make(program, rows, WriteMode.UPSERT)
        made = self._apply(plan, self.pause(pause))
        if not any(action in {"create", "update"} for action, *_ in plan.stands):
            return
        after = enrolled()
        undo = self._undo(made, self.pause(pause))
        assert enrolled() == before
        again = self._undo(undo, self.pause(pause))
        assert enrolled() == after
        self._undo(again, self.pause(pause))
        assert enrolled() == before
        _take_back(self.world, known, at=self.now)

    def erase_from_plans(self, account: str) -> None:
        """The rows that are about somebody are refused from now on, as they are retired."""
        gone = {person.name for person in self.world.names_of(account)}
        for plan in self.plans:
            school = PROGRAMS[plan.program].school
            plan.erased |= {
                place
                for place, row in enumerate(plan.rows)
                if ("student_key", school, FOLDED[row.key]) in gone
            }

    def _make(self, program: str, rows: list[Row], mode: WriteMode) -> Planned:
        is_of_courses = bool(rows[0].run)
        cells = [self._cells(row) for row in rows]
        made = planned(
            roster(*cells),
            program=self.stage.programs[program],
            kind=RosterKind.COURSE if is_of_courses else RosterKind.PROGRAM,
            mode=mode,
            at=self.now,
        )
        plan = Planned(made.job.uuid, program, rows, mode, [], self.now)
        plan.stands = self._stands(plan)
        told = [(row.action.value, row.verdict, row.before) for row in rows_of(made)]
        assert told == plan.stands
        self.plans.append(plan)
        return plan

    def _cells(self, row: Row) -> tuple[str, ...]:
        if not row.run:
            return (row.key, row.status)
        run = self.stage.runs[row.run].key if row.run in self.stage.runs else row.run
        return (row.key, run, row.status, row.staff)

    def _apply(self, plan: Planned, at: datetime) -> Plan:
        """It is done just as it was shown; or nothing is, and what has moved is told."""
        if plan in self.plans:
            self.plans.remove(plan)
        made = get_plan(uuid=plan.uuid, by=given.OPERATOR)
        if at >= plan.made_at + KEPT_FOR:
            assert _refusal_of(made, at) == "plan-not-ready"
            return made
        moved = {
            place
            for place, (was, now) in enumerate(zip(plan.stands, self._stands(plan), strict=True))
            if was != now
        } | plan.erased
        if not moved:
            done = applied(made, at=at)
            _write(self.world, plan, at)
            return done
        before = enrolled()
        assert _refusal_of(made, at) == "plan-stale"
        made.refresh_from_db()
        assert {row["line"] - 2 for row in made.moved} == moved
        assert enrolled() == before
        return made

    def _undo(self, made: Plan, at: datetime) -> Plan:
        undo = undone(made, at=at)
        assert {row.action.value for row in rows_of(undo)} == {"undo"}
        return applied(undo, at=at)

    def _stands(self, plan: Planned) -> list[Stand]:
        answers = _write(deepcopy(self.world), plan, self.now)
        before = [_before(self.world, plan, row) for row in plan.rows]
        return [
            (action, verdict, "" if verdict in UNREAD else stored)
            for (action, verdict), stored in zip(answers, before, strict=True)
        ]


def _refusal_of(made: Plan, at: datetime) -> str:
    try:
        applied(made, at=at)
    except (PlanStale, PlanNotReady) as refusal:
        return refusal.code
    return ""


def _write(world: World, plan: Planned, at: datetime) -> list[Answer]:
    program, mode = PROGRAMS[plan.program], plan.mode.value
    if plan.is_of_courses:
        return world.write_courses(
            program,
            plan.rows,
            mode=mode,
            by_curriculum=True,
            one_program_per_run=False,
            atomic=False,
            at=at,
        )
    return world.write_program(
        program, plan.rows, mode=mode, by_curriculum=True, atomic=False, at=at
    )


def _before(world: World, plan: Planned, row: Row) -> str:
    """What is there: of the staff role something is said where the row says something."""
    program = PROGRAMS[plan.program]
    through = world.enrollment_meant(program, row, by_curriculum=True)
    if through is None or not plan.is_of_courses:
        return through.status if through else ""
    run = run_of(program, row)
    alike = (each for each in world.grants if (each.through, each.run) == (through, run))
    grant = next(alike, None)
    if grant is None:
        return ""
    says_staff = STAFF.get(row.staff) is not None
    is_staff = any((role.through, role.run) == (through, run) for role in world.roles)
    word = "active" if grant.is_active else "inactive"
    return f"{word}, staff" if says_staff and is_staff else word


Remembered = tuple[dict[Enrollment, str], dict[Grant, bool], Sequence[Role]]


def _remember(world: World) -> Remembered:
    statuses = {each: each.status for each in world.enrollments}
    return statuses, {each: each.is_active for each in world.grants}, list(world.roles)


def _take_back(world: World, known: Remembered, *, at: datetime) -> None:
    """Have the model be as it was; names that were mentioned stay, and so does when it was."""
    statuses, actives, roles = known
    world.roles = [each for each in world.roles if each in roles] + [
        each for each in roles if each not in world.roles
    ]
    world.grants = [each for each in world.grants if each in actives]
    for grant in world.grants:
        if grant.is_active != actives[grant]:
            grant.is_active, grant.modified = actives[grant], at
    world.enrollments = [each for each in world.enrollments if each in statuses]
    for enrollment in world.enrollments:
        if enrollment.status != statuses[enrollment]:
            enrollment.status, enrollment.modified = statuses[enrollment], at
