"""What workers do for plans, and what a retirement does to them."""

import pytest

from matricula.lms.access.api import take_role
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor
from matricula.lms.plans.api import Plan, PlanStale, PlanState, work_off_plan
from matricula.lms.rosters.api import JobPaused, forget_jobs
from matricula.lms.rosters.forgetting import KEPT_FOR
from tests import given
from tests.lms.people.walking import list_places_of
from tests.lms.plans.planning import (
    LATER,
    applied,
    planned,
    roster,
    rows_of,
    told,
    undone,
    worked_off,
)
from tests.lms.plans.seeing_enrollments import world

pytestmark = pytest.mark.django_db

ROWS = roster(*((f"rv-{number}", "enrolled") for number in range(5)))


@pytest.fixture(autouse=True)
def _short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matricula.lms.rosters.reading.CHUNK_ROWS", 2)


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program()


@pytest.fixture
def by() -> Actor:
    return given.holder_of("write")


def test_a_long_plan_is_foreseen_applied_and_undone_by_workers(
    hydrology: ProgramOutline, by: Actor
) -> None:
    plan = planned(ROWS, program=hydrology, by=by, rows_at_once=4)
    assert plan.state_at(LATER) is PlanState.PLANNING
    assert worked_off(plan).state_at(LATER) is PlanState.READY
    assert applied(plan, by=by, rows_at_once=4).state_at(LATER) is PlanState.APPLYING
    assert world() == []
    done = worked_off(plan)
    assert (done.outcome, done.applied_by, len(world())) == ("applied", by.name, 5)
    assert worked_off(plan).job.change_sets == done.job.change_sets, "once is enough"
    undo = undone(done, by=by, rows_at_once=4)
    worked_off(undo)
    applied(undo, by=by, rows_at_once=4)
    assert worked_off(undo).outcome == "applied"
    assert world() == []


def test_a_worker_that_is_to_stop_writes_nothing(hydrology: ProgramOutline, by: Actor) -> None:
    plan = planned(ROWS, program=hydrology, by=by)
    applied(plan, by=by, rows_at_once=4)
    with pytest.raises(JobPaused):
        work_off_plan(uuid=plan.job.uuid, clock=lambda: LATER, is_stopping=lambda: True)
    assert (world(), Plan.objects.get().outcome) == ([], "applying")
    assert worked_off(plan).outcome == "applied"


def test_a_worker_finds_a_plan_stale(hydrology: ProgramOutline, by: Actor) -> None:
    plan = planned(ROWS, program=hydrology, by=by)
    applied(plan, by=by, rows_at_once=4)
    given.enrolled("rv-4", program=hydrology, status="ended")
    stale = worked_off(plan)
    assert (stale.outcome, [each["line"] for each in stale.moved]) == ("stale", [6])
    assert len(world()) == 1


def test_who_lost_the_right_meanwhile_applies_nothing(
    hydrology: ProgramOutline, by: Actor
) -> None:
    assert by.account_id is not None
    plan = planned(ROWS, program=hydrology, by=by)
    applied(plan, by=by, rows_at_once=4)
    school = hydrology.organization_id
    take_role(account_id=by.account_id, role="write", organization_id=school, by=given.OPERATOR)
    done = worked_off(plan)
    assert (done.state_at(LATER), done.failure_code) == (PlanState.FAILED, "permission-missing")
    assert world() == []


def test_a_retired_person_leaves_the_plans_that_name_them(hydrology: ProgramOutline) -> None:
    mira = given.account()
    given.enrolled("rv-0", program=hydrology)
    given.bound("rv-0", mira)
    plan = planned(ROWS, program=hydrology)
    undo = undone(applied(planned(roster(("rv-0", "ended")), program=hydrology)))
    given.retired(mira)
    assert [row.student_key for row in rows_of(plan)][:2] == ["[erased]", "rv-1"]
    assert [row[0] for row in told(undo)] == ["[erased]"]
    for each in (plan, undo):
        with pytest.raises(PlanStale) as caught:
            applied(each)
        assert caught.value.plan.moved[0]["now"]["verdict"] == "not-found"
    assert list_places_of("rv-0") == []


def test_what_a_retired_person_had_is_neither_given_back_nor_taken(
    hydrology: ProgramOutline,
) -> None:
    given.enrolled("rv-0", program=hydrology)
    canceled = applied(planned(roster(("rv-0", "canceled"), ("rv-1", "ended")), program=hydrology))
    gone = applied(undone(applied(planned(roster(("rv-2", "enrolled")), program=hydrology))))
    mira = given.account()
    for key in ("rv-0", "rv-2"):
        given.bound(key, mira)
    given.retired(mira)
    stood = world()

    assert [row[1:3] for row in told(undone(gone))] == [("refuse", "not-found")]
    undo = undone(canceled)
    assert sorted(row[1:3] for row in told(undo)) == [("refuse", "not-found"), ("undo", "removed")]
    applied(undo)
    assert world() == [row for row in stood if row[1] != "rv-1"]


def test_a_plan_is_forgotten_with_its_rows(hydrology: ProgramOutline) -> None:
    planned(ROWS, program=hydrology)
    assert forget_jobs(at=given.NOW + KEPT_FOR) == 0
    assert forget_jobs(at=LATER + KEPT_FOR) == 1
    assert Plan.objects.count() == 0
