"""Plans that are applied, twice, and while others write what they are about."""

from functools import partial

import pytest
from django.db import OperationalError

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import Identity
from matricula.lms.ledger.api import Change
from matricula.lms.plans.api import Plan, PlanStale, work_off_plan
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.lms.people.walking import list_places_of
from tests.lms.plans.planning import LATER, applied, planned, roster, rows_of, undone
from tests.races.running import Running, at_once, holders_of, kill, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = [f"rv-{number:04}" for number in range(700)]
"""More than travel as arrays, so that a temporary table is made."""


@pytest.fixture
def program() -> ProgramOutline:
    return given.program()


def plan_of(program: ProgramOutline, *keys: str, status: str = "enrolled") -> Plan:
    return planned(roster(*((key, status) for key in keys)), program=program)


def outcome_of(plan: Plan) -> str:
    return Plan.objects.get(pk=plan.pk).outcome


def work(plan: Plan) -> None:
    work_off_plan(uuid=plan.job.uuid, clock=lambda: LATER, is_stopping=lambda: False)


def statuses(*keys: str) -> list[str]:
    found = ProgramEnrollment.objects.filter(identity__folded__in=keys or KEYS)
    return list(found.order_by("identity__folded").values_list("status", flat=True))


def test_two_who_apply_a_plan_at_once_apply_it_once(program: ProgramOutline) -> None:
    plan = plan_of(program, *KEYS)
    with no_deadlocks():
        done = at_once(*[partial(applied, plan)] * 3)
    assert [each.outcome for each in done] == ["applied"] * 3
    assert Change.objects.filter(subject="program_enrollment").count() == len(KEYS)
    require_whole()


def test_a_write_before_the_apply_makes_the_plan_stale(program: ProgramOutline) -> None:
    plan = plan_of(program, *KEYS)
    write = partial(given.enrolled, KEYS[-1], program=program, status="pending")
    writing = Running(write, before_commit=True)
    applying = Running(partial(applied, plan))
    applying.must_wait()
    writing.result()
    with pytest.raises(PlanStale):
        applying.result()
    assert statuses() == ["pending"]
    assert Identity.objects.count() == 1
    assert outcome_of(plan) == "stale"


def test_a_write_after_the_judging_waits_for_the_apply(program: ProgramOutline) -> None:
    plan = plan_of(program, *KEYS)
    applying = Running(partial(applied, plan), after="AS stored ON true")
    write = partial(given.enrolled, KEYS[-1], program=program, status="pending")
    writing = Running(write)
    writing.must_wait()
    assert applying.result().outcome == "applied"
    assert [each.action for each in writing.result()] == ["update"]
    assert statuses(KEYS[0], KEYS[-1]) == ["enrolled", "pending"]
    require_whole()


def test_plans_and_rosters_at_once_are_each_whole_or_not_there(program: ProgramOutline) -> None:
    for number in range(8):
        keys = [f"{number}-{key}" for key in KEYS[:40]]
        plan = plan_of(program, *keys)
        write = partial(given.enrolled, *keys[::-1], program=program, status="pending")
        with no_deadlocks():
            at_once(partial(try_to_apply, plan), write)
        assert statuses(*keys) == ["pending"] * len(keys)
        changes = Change.objects.filter(after__status="enrolled").count()
        assert changes % len(keys) == 0
    require_whole()


def try_to_apply(plan: Plan) -> None:
    try:
        applied(plan)
    except PlanStale:
        assert outcome_of(plan) == "stale"


@pytest.mark.parametrize(
    "place",
    [
        {"after": "AS stored ON true"},
        {"after": "INSERT INTO identity"},
        {"after": "INSERT INTO program_enrollment"},
        {"before": 'UPDATE "plan"'},
        {"before_commit": True},
    ],
)
def test_an_apply_that_is_cut_off_leaves_nothing_and_is_done_again(
    program: ProgramOutline, place: dict[str, str]
) -> None:
    plan = plan_of(program, *KEYS)
    applying = Running(partial(applied, plan), **place)  # type: ignore[arg-type]  # one of its options
    kill(applying)
    applying.join()
    assert isinstance(applying.error, OperationalError)
    assert (Identity.objects.count(), statuses(), outcome_of(plan)) == (0, [], "open")
    assert applied(plan).outcome == "applied"
    assert len(statuses()) == len(KEYS)
    require_whole()


def test_a_worker_that_is_cut_off_is_followed_by_another(program: ProgramOutline) -> None:
    by = given.holder_of("write")
    plan = planned(roster(*((key, "enrolled") for key in KEYS)), program=program, by=by)
    assert applied(plan, by=by, rows_at_once=0).outcome == "applying"
    working = Running(partial(work, plan), after="INSERT INTO program_enrollment")
    following = Running(partial(work, plan))
    following.must_wait()
    kill(working)
    working.join()
    following.result()
    assert (outcome_of(plan), len(statuses())) == ("applied", len(KEYS))
    assert Change.objects.filter(subject="program_enrollment").count() == len(KEYS)
    require_whole()


def test_an_undo_waits_for_a_write_and_is_stale(program: ProgramOutline) -> None:
    undo = undone(applied(plan_of(program, *KEYS)))
    write = partial(given.enrolled, KEYS[0], program=program, status="ended")
    writing = Running(write, before_commit=True)
    undoing = Running(partial(applied, undo))
    undoing.must_wait()
    writing.result()
    with pytest.raises(PlanStale):
        undoing.result()
    assert len(statuses()) == len(KEYS)
    require_whole()


def test_a_write_waits_for_an_undo_and_finds_what_is_left(program: ProgramOutline) -> None:
    undo = undone(applied(plan_of(program, *KEYS)))
    undoing = Running(partial(applied, undo), after="DELETE FROM program_enrollment")
    writing = Running(partial(given.enrolled, KEYS[0], program=program, status="ended"))
    writing.must_wait()
    undoing.result()
    assert [each.action for each in writing.result()] == ["create"]
    assert statuses() == ["ended"]
    require_whole()


def test_a_retirement_waits_for_an_apply_and_a_plan_for_a_retirement(
    program: ProgramOutline,
) -> None:
    mira = given.account("mira")
    given.bound(KEYS[0], mira)
    first, second = plan_of(program, KEYS[0]), plan_of(program, KEYS[0], status="ended")
    applying = Running(partial(applied, first), before_commit=True)
    retiring = Running(partial(given.retired, mira))
    retiring.must_wait()
    applying.result()
    retiring.result()
    assert [row.student_key for row in rows_of(second)] == ["[erased]"]
    with pytest.raises(PlanStale):
        applied(second)
    assert not Identity.objects.filter(folded=KEYS[0]).exists()
    require_whole()


def test_a_retirement_waits_for_an_undo_that_is_being_made(program: ProgramOutline) -> None:
    mira = given.account("mira")
    plan = applied(plan_of(program, *KEYS))
    given.bound(KEYS[0], mira)
    making = Running(partial(undone, plan), before='INSERT INTO "roster_job_chunk"')
    retiring = Running(partial(given.retired, mira))
    retiring.must_wait()
    undo = making.result()
    retiring.result()
    assert rows_of(undo)[0].student_key == "[erased]"
    assert list_places_of(KEYS[0]) == []
    require_whole()


def test_of_two_undos_of_one_plan_at_once_one_is_stale(program: ProgramOutline) -> None:
    plan = applied(plan_of(program, *KEYS))
    first, second = undone(plan), undone(plan)
    undoing = Running(partial(applied, first), after="DELETE FROM program_enrollment")
    following = Running(partial(applied, second))
    following.must_wait()
    undoing.result()
    with pytest.raises(PlanStale) as caught:
        following.result()
    assert (caught.value.plan.moved_count, statuses()) == (len(KEYS), [])
    require_whole()


def test_who_claims_or_is_retired_meanwhile_does_not_tear_a_plan(
    program: ProgramOutline,
) -> None:
    for number in range(4):
        keys = [f"{number}-{key}" for key in KEYS[:40]]
        people = [given.account(f"person-{number}-{each}") for each in range(3)]
        given.bound(keys[0], people[0])
        undo = undone(applied(plan_of(program, *keys)))
        more = plan_of(program, *keys, status="ended")
        with no_deadlocks():
            at_once(
                partial(try_to_apply, undo),
                partial(try_to_apply, more),
                partial(given.bound, keys[1], people[1]),
                partial(given.bound, keys[2], people[2]),
                partial(given.retired, people[0]),
            )
        kept = statuses(*keys[1:])
        assert kept in ([], ["ended"] * len(keys[1:]), ["enrolled"] * len(keys[1:]))
        assert holders_of(keys[1:3]) == [people[1].pk, people[2].pk]
    require_whole()
