"""Applying plans: what was shown is done, or nothing."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import Program, ProgramOutline
from matricula.lms.kernel.api import WriteMode
from matricula.lms.plans.api import PlanNotReady, PlanStale, PlanState, UnknownPlan, get_plan
from matricula.lms.program_enrollments.models import ProgramEnrollment
from matricula.lms.rosters.api import RosterKind
from tests import given
from tests.lms.kernel.seeing import count_statements, read_all
from tests.lms.plans.planning import LATER, applied, planned, roster, rows_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def hydrology() -> ProgramOutline:
    made = given.program(runs=[given.course_run(external_key="HYD-A")])
    given.enrolled("rv-1", "rv-2", program=made)
    return made


def statuses(program: ProgramOutline) -> dict[str, str]:
    rows = read_all()
    del rows

    found = ProgramEnrollment.objects.filter(program_id=program.id)
    return dict(found.values_list("identity__value", "status"))


def test_a_plan_shows_what_is_and_would_be_and_is_applied_so(hydrology: ProgramOutline) -> None:
    plan = planned(
        roster(("RV-1", "pending"), ("rv-2", "enrolled"), ("rv-3", "enrolled"), ("rv-4", "gone")),
        program=hydrology,
    )

    assert plan.state_at(given.NOW) is PlanState.READY
    assert told(plan) == [
        ("RV-1", "update", "pending", "enrolled", "pending"),
        ("rv-2", "unchanged", "enrolled", "enrolled", "enrolled"),
        ("rv-3", "create", "enrolled", "", "enrolled"),
        ("rv-4", "refuse", "invalid-status", "", ""),
    ]
    assert statuses(hydrology) == {"rv-1": "enrolled", "rv-2": "enrolled"}

    done = applied(plan)

    assert (done.state_at(LATER), done.applied_at, done.applied_by) == (
        PlanState.APPLIED,
        LATER,
        "operator:tester",
    )
    assert statuses(hydrology) == {"rv-1": "pending", "rv-2": "enrolled", "rv-3": "enrolled"}


def test_a_course_plan_says_who_is_staff(hydrology: ProgramOutline) -> None:
    run = given.course_run()
    given.on_course("rv-1", program=hydrology, run=run, course_staff="true")
    plan = planned(
        roster(("rv-1", "HYD-A", "inactive", "false"), ("rv-2", "HYD-A", "active", "true")),
        program=hydrology,
        kind=RosterKind.COURSE,
    )

    assert told(plan) == [
        ("rv-1", "update", "inactive", "active, staff", "inactive"),
        ("rv-2", "create", "active", "", "active, staff"),
    ]
    assert applied(plan).outcome == "applied"


def test_applying_again_answers_the_same_and_writes_nothing(hydrology: ProgramOutline) -> None:
    plan = planned(roster(("rv-3", "enrolled")), program=hydrology)
    done = applied(plan)
    given.enrolled("rv-3", program=hydrology, status="ended")
    before = read_all()

    again = applied(plan, at=LATER + timedelta(hours=1))

    assert (again.outcome, again.applied_at) == (done.outcome, done.applied_at)
    assert read_all() == before


@pytest.mark.parametrize("key", ["rv-1", "rv-3"])
def test_what_has_moved_makes_a_plan_stale_for_good(hydrology: ProgramOutline, key: str) -> None:
    plan = planned(roster(("rv-1", "ended"), ("rv-3", "ended"), ("x", "gone")), program=hydrology)
    given.enrolled(key, program=hydrology, status="suspended")
    before = statuses(hydrology)

    for _ in range(2):
        with pytest.raises(PlanStale, match="1 row is no longer") as caught:
            applied(plan)
        [moved] = caught.value.plan.moved
        assert moved["line"] == (2 if key == "rv-1" else 3)
        assert moved["now"] == {"action": "update", "verdict": "ended", "before": "suspended"}
        given.enrolled(key, program=hydrology, status=before.get(key, "pending"))

    plan.refresh_from_db()
    assert plan.state_at(LATER) is PlanState.STALE
    assert statuses(hydrology) == before


def test_a_staff_role_that_was_given_since_has_moved(hydrology: ProgramOutline) -> None:
    run = given.course_run()
    given.on_course("rv-1", "rv-2", program=hydrology, run=run)
    text = roster(("rv-1", "HYD-A", "inactive", ""), ("rv-2", "HYD-A", "inactive", "false"))
    plan = planned(text, program=hydrology, kind=RosterKind.COURSE)
    given.on_course("rv-1", "rv-2", program=hydrology, run=run, course_staff="true")

    with pytest.raises(PlanStale) as caught:
        applied(plan)

    lines = [each["line"] for each in caught.value.plan.moved]
    assert lines == [3], "the other row says nothing of it"


def test_another_mode_of_the_program_makes_it_stale(hydrology: ProgramOutline) -> None:
    plan = planned(roster(("rv-3", "enrolled")), program=hydrology)
    Program.objects.update(mode="verified")

    with pytest.raises(PlanStale, match="catalog has changed"):
        applied(plan)


def test_a_plan_is_too_old_after_a_week(hydrology: ProgramOutline) -> None:
    plan = planned(roster(("rv-3", "enrolled")), program=hydrology)
    late = given.NOW + timedelta(days=7)

    assert plan.state_at(late - timedelta(seconds=1)) is PlanState.READY
    with pytest.raises(PlanNotReady, match="expired"):
        applied(plan, at=late)


def test_whoever_may_not_write_may_not_know_or_apply(hydrology: ProgramOutline) -> None:
    text = roster(("rv-3", "enrolled"))
    plan = planned(text, program=hydrology)
    reader = given.holder_of("read", username="reader")
    stranger = given.holder_of("write", school_key="LakeU", username="stranger")

    with pytest.raises(PermissionMissing):
        planned(text, program=hydrology, by=reader)
    with pytest.raises(PermissionMissing):
        applied(plan, by=reader)
    with pytest.raises(UnknownPlan):
        applied(plan, by=stranger)
    with pytest.raises(UnknownPlan):
        get_plan(uuid=plan.job.uuid, by=stranger)
    assert "rv-3" not in statuses(hydrology)


def test_the_number_of_statements_does_not_depend_on_the_rows(hydrology: ProgramOutline) -> None:
    few = planned(roster(*((f"a-{n}", "enrolled") for n in range(600))), program=hydrology)
    many = planned(roster(*((f"b-{n}", "enrolled") for n in range(6_000))), program=hydrology)

    assert count_statements(lambda: applied(few)) == count_statements(lambda: applied(many))
    assert len(rows_of(many)) == 6_000


def test_only_creating_refuses_who_is_there(hydrology: ProgramOutline) -> None:
    text = roster(("rv-1", "ended"), ("rv-3", "ended"))
    plan = planned(text, program=hydrology, mode=WriteMode.CREATE)

    assert [row[1:4] for row in told(plan)] == [
        ("refuse", "conflict", "enrolled"),
        ("create", "ended", ""),
    ]
