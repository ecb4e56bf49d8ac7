"""Plans at random: they do what they say, and their undoing leaves the world as it was."""

from collections.abc import Sequence

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.integrity.api import check_integrity
from matricula.lms.kernel.api import WriteMode
from matricula.lms.plans.api import Plan
from matricula.lms.rosters.api import RosterKind
from tests import given as world_given
from tests.lms.plans.planning import applied, planned, roster, rows_of, undone
from tests.lms.plans.seeing_enrollments import world

pytestmark = pytest.mark.django_db

RUNS = ("course-v1:RiverU+HYD1+2031_T1", "course-v1:RiverU+HYD2+2031_T1", "nowhere")
keys = st.sampled_from(["rv-1", "RV-1", "rv-2", "rv-3", "rv-4", ""])
statuses = st.sampled_from(["enrolled", "pending", "suspended", "ended", "gone"])
people = st.lists(st.tuples(keys, statuses), min_size=1, max_size=4)
courses = st.lists(
    st.tuples(
        keys,
        st.sampled_from(RUNS),
        st.sampled_from(["active", "inactive", "asleep"]),
        st.sampled_from(["", "true", "false"]),
    ),
    min_size=1,
    max_size=5,
)
rosters = st.lists(st.one_of(people, courses), min_size=1, max_size=3)
modes = st.sampled_from(list(WriteMode))
Rows = Sequence[tuple[str, ...]]


@given(history=rosters, sent=rosters, mode=modes)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_planned_is_done_and_what_is_undone_was_never_done(
    history: list[Rows], sent: list[Rows], mode: WriteMode
) -> None:
    with transaction.atomic():
        program = world_given.program(
            runs=[world_given.course_run("HYD1"), world_given.course_run("HYD2")]
        )
        for rows in history:
            applied(plan_of(rows, program, WriteMode.UPSERT))
        before = world()
        done = [do_as_planned(rows, program, mode) for rows in sent]
        after = world()
        undos = [applied(undone(plan)) for plan in reversed(done) if has_written(plan)]
        assert world() == before
        for undo in reversed(undos):
            if has_written(undo):
                applied(undone(undo))
        assert world() == after
        assert [each for each in check_integrity(by=world_given.OPERATOR) if each.count] == []
        transaction.set_rollback(True)


def has_written(plan: Plan) -> bool:
    return any(plan.job.counts.get(action) for action in ("create", "update", "undo"))


def plan_of(rows: Rows, program: ProgramOutline, mode: WriteMode) -> Plan:
    kind = RosterKind.PROGRAM if len(rows[0]) == 2 else RosterKind.COURSE
    return planned(roster(*rows), program=program, kind=kind, mode=mode)


def do_as_planned(rows: Rows, program: ProgramOutline, mode: WriteMode) -> Plan:
    plan = plan_of(rows, program, mode)
    done = applied(plan)
    again = plan_of(rows, program, WriteMode.UPSERT)
    for was, now in zip(rows_of(plan), rows_of(again), strict=True):
        if was.action != "refuse":
            assert (now.action, now.before) == ("unchanged", was.after)
    return done
