"""Undoing: what was written becomes what it was before, as far as it still stands."""

from uuid import UUID

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.integrity.api import check_integrity
from matricula.lms.ledger.api import ChangeSet, recorded
from matricula.lms.plans.api import (
    NothingToUndo,
    NotOfOneProgram,
    OnlyBindings,
    PlanStale,
    StillWriting,
    UnknownChangeSet,
    UnknownPlan,
)
from matricula.lms.program_enrollments.api import ProgramEnrollment
from matricula.lms.rosters.api import RosterKind, UnknownJob
from tests import given
from tests.lms.kernel.seeing import count_statements
from tests.lms.plans.planning import (
    LATER,
    applied,
    planned,
    roster,
    rows_of,
    told,
    undone,
    undone_change_set,
    undone_job,
)
from tests.lms.plans.seeing_enrollments import world
from tests.lms.rosters.submitting import made_job, worked_off

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program(runs=[given.course_run()])


def findings() -> list[str]:
    return [each.invariant for each in check_integrity(by=given.OPERATOR) if each.count]


def last_change_set() -> UUID:
    return ChangeSet.objects.latest("pk").uuid


def test_an_applied_plan_is_taken_back_and_given_again(hydrology: ProgramOutline) -> None:
    run = given.course_run()
    given.enrolled("rv-1", "rv-2", program=hydrology)
    given.on_course("rv-2", program=hydrology, run=run, course_staff="true")
    before = world()
    people = applied(planned(roster(("rv-1", "ended"), ("rv-3", "pending")), program=hydrology))
    after_people = world()
    text = roster(("rv-2", HYD, "inactive", "false"), ("rv-3", HYD, "active", "true"))
    courses = applied(planned(text, program=hydrology, kind=RosterKind.COURSE))
    after_courses = world()

    undo = undone(courses)

    assert told(undo) == [
        ("rv-2", "undo", "active", "inactive", "active"),
        ("rv-2", "undo", "staff", "", "staff"),
        ("rv-3", "undo", "removed", "active", ""),
        ("rv-3", "undo", "removed", "staff", ""),
    ]
    assert world() == after_courses, "nothing is written before it is applied"
    applied(undo)
    assert world() == after_people
    applied(undone(people))
    assert world() == before
    applied(undone(undo))
    assert findings() == []


def test_an_undo_of_an_undo_gives_it_again_under_the_old_ids(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    plan = applied(planned(roster(("rv-1", "ended"), ("rv-2", "enrolled")), program=hydrology))
    after = world()
    undo = applied(undone(plan))

    applied(undone(undo))

    assert world() == after
    assert findings() == []


def test_a_job_of_many_chunks_is_taken_back(
    hydrology: ProgramOutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matricula.lms.rosters.reading.CHUNK_ROWS", 2)
    by = given.holder_of("write")
    given.enrolled("rv-0", program=hydrology, status="pending")
    before = world()
    rows = [(f"rv-{number}", "enrolled") for number in range(5)]
    job = worked_off(made_job(roster(*rows), program=hydrology, by=by))
    assert len(job.change_sets) == 3

    applied(undone_job(job.uuid, by=by), by=by)

    assert world() == before


def test_what_somebody_has_changed_since_is_left_alone(hydrology: ProgramOutline) -> None:
    plan = applied(planned(roster(("rv-1", "pending"), ("rv-2", "pending")), program=hydrology))
    given.enrolled("rv-1", program=hydrology, status="ended")

    undo = undone(plan)

    assert told(undo) == [
        ("rv-1", "refuse", "changed-since", "ended", "ended"),
        ("rv-2", "undo", "removed", "pending", ""),
    ]
    applied(undo)
    assert [row[1] for row in world()] == ["rv-1"]


def test_who_has_changed_a_row_is_told_by_the_name_they_have_now(
    hydrology: ProgramOutline,
) -> None:
    plan = applied(planned(roster(("rv-1", "pending"), ("rv-2", "pending")), program=hydrology))
    dean = given.holder_of("write", username="dean")
    applied(planned(roster(("rv-1", "ended")), program=hydrology, by=dean), by=dean)
    given.enrolled("rv-2", program=hydrology, status="ended")
    undo = undone(plan)
    Account.objects.filter(username="dean").update(username="provost")

    reasons = [row.reason for row in rows_of(undo)]

    assert reasons == [
        f"changed since by {name} on {moment:%Y-%m-%d %H:%M} UTC"
        for name, moment in (("provost", LATER), ("operator:tester", given.NOW))
    ]


def test_a_value_that_somebody_has_put_back_by_hand_is_theirs(hydrology: ProgramOutline) -> None:
    plan = applied(planned(roster(("rv-1", "pending")), program=hydrology))
    given.enrolled("rv-1", program=hydrology, status="ended")
    given.enrolled("rv-1", program=hydrology, status="pending")

    assert [row[1:3] for row in told(undone(plan))] == [("refuse", "changed-since")]


def test_two_plans_are_undone_the_last_first(hydrology: ProgramOutline) -> None:
    first = applied(planned(roster(("rv-1", "pending")), program=hydrology))
    second = applied(planned(roster(("rv-1", "ended")), program=hydrology))

    assert [row[1:3] for row in told(undone(first))] == [("refuse", "changed-since")]
    applied(undone(second))
    applied(undone(first))

    assert world() == []


def test_what_others_depend_on_stays(hydrology: ProgramOutline) -> None:
    run = given.course_run()
    keys = ("rv-1", "rv-2", "rv-3")
    people = applied(planned(roster(*((key, "enrolled") for key in keys)), program=hydrology))
    given.on_course("rv-1", program=hydrology, run=run)
    text = roster(("rv-2", HYD, "active", ""))
    courses = applied(planned(text, program=hydrology, kind=RosterKind.COURSE))
    given.on_course("rv-2", program=hydrology, run=run, course_staff="true")

    assert [row[1:3] for row in told(undone(people))] == [
        ("refuse", "depended-on"),
        ("refuse", "depended-on"),
        ("undo", "removed"),
    ]
    assert [row[1:3] for row in told(undone(courses))] == [("refuse", "depended-on")]


def test_what_is_already_as_it_was_is_unchanged(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    plan = applied(planned(roster(("rv-1", "ended"), ("rv-2", "ended")), program=hydrology))
    applied(undone(plan))

    assert [row[1:] for row in told(undone(plan))] == [
        ("unchanged", "enrolled", "enrolled", "enrolled"),
        ("unchanged", "removed", "", ""),
    ]


def test_what_was_made_again_meanwhile_is_not_made_twice(hydrology: ProgramOutline) -> None:
    plan = applied(planned(roster(("rv-1", "enrolled"), ("rv-2", "enrolled")), program=hydrology))
    undo = applied(undone(plan))
    given.enrolled("rv-1", program=hydrology)

    again = undone(undo)

    assert [row[1:3] for row in told(again)] == [("refuse", "conflict"), ("undo", "enrolled")]
    applied(again)
    assert findings() == []


def test_an_undo_is_stale_when_a_row_has_moved(hydrology: ProgramOutline) -> None:
    plan = applied(planned(roster(("rv-1", "enrolled"), ("rv-2", "enrolled")), program=hydrology))
    undo = undone(plan)
    given.enrolled("rv-2", program=hydrology, status="ended")
    before = world()

    with pytest.raises(PlanStale) as caught:
        applied(undo)

    [moved] = caught.value.plan.moved
    assert (moved["line"], moved["now"]["verdict"]) == (2, "changed-since")
    assert world() == before


def test_one_act_is_taken_back_by_its_change_set(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", "rv-2", program=hydrology)

    undo = undone_change_set(last_change_set())

    assert (undo.undoes, undo.job.rows) == ("change-set", 2)
    applied(undo)
    assert world() == []


def test_bindings_are_never_undone(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    given.bound("rv-1", given.account())

    with pytest.raises(OnlyBindings):
        undone_change_set(last_change_set())


def test_direct_grants_are_of_no_program(hydrology: ProgramOutline) -> None:
    del hydrology
    given.direct(given.key_of("rv-1"), run=given.course_run())

    with pytest.raises(NotOfOneProgram):
        undone_change_set(last_change_set())


def test_a_direct_grant_of_a_known_student_is_known_to_who_reads_everywhere(
    hydrology: ProgramOutline,
) -> None:
    given.enrolled("rv-1", program=hydrology)
    given.direct(given.key_of("rv-1"), run=given.course_run())

    with pytest.raises(NotOfOneProgram):
        undone_change_set(last_change_set())
    with pytest.raises(UnknownChangeSet):
        undone_change_set(last_change_set(), by=given.holder_of("read"))


def test_a_plan_that_is_not_applied_has_nothing_to_undo(hydrology: ProgramOutline) -> None:
    with pytest.raises(NothingToUndo):
        undone(planned(roster(("rv-1", "enrolled")), program=hydrology))


def test_a_job_that_is_not_finished_is_not_undone(hydrology: ProgramOutline) -> None:
    by = given.holder_of("write")
    job = made_job(roster(("rv-1", "enrolled")), program=hydrology, by=by)

    with pytest.raises(StillWriting):
        undone_job(job.uuid, by=by)


def test_whoever_may_not_write_may_not_undo(hydrology: ProgramOutline) -> None:
    by = given.holder_of("write")
    job = worked_off(made_job(roster(("rv-1", "enrolled")), program=hydrology, by=by))
    plan = applied(planned(roster(("rv-2", "enrolled")), program=hydrology))
    act = last_change_set()
    reader = given.holder_of("read", username="reader")
    stranger = given.holder_of("write", school_key="LakeU", username="stranger")

    with pytest.raises(PermissionMissing):
        undone_job(job.uuid, by=reader)
    with pytest.raises(PermissionMissing):
        undone(plan, by=reader)
    with pytest.raises(PermissionMissing):
        undone_change_set(act, by=reader)
    with pytest.raises(UnknownJob):
        undone_job(job.uuid, by=stranger)
    with pytest.raises(UnknownPlan):
        undone(plan, by=stranger)
    with pytest.raises(UnknownChangeSet):
        undone_change_set(act, by=stranger)


def test_an_act_in_many_programs_is_known_to_whoever_reads_them_all() -> None:
    dean, reader = given.account("dean"), given.holder_of("read", username="reader")
    for school in ("RiverU", "LakeU"):
        given.with_role("read", dean, school_key=school)

    def ask_about(programs: int) -> int:
        for number in range(programs):
            school = ("RiverU", "LakeU")[number % 2]
            given.enrolled(
                "rv-1", program=given.program(f"{programs}-{number}", school_key=school)
            )
        with recorded(by=given.OPERATOR, at=given.NOW):
            ProgramEnrollment.objects.filter(program__key__startswith=f"{programs}-").update(
                status="ended"
            )
        with pytest.raises(UnknownChangeSet):
            undone_change_set(last_change_set(), by=reader)

        def ask() -> None:
            with pytest.raises(NotOfOneProgram):
                undone_change_set(last_change_set(), by=given.acting(dean))

        return count_statements(ask)

    assert ask_about(2) == ask_about(8)


def test_the_number_of_statements_does_not_depend_on_the_rows(hydrology: ProgramOutline) -> None:
    def undo_so_many(count: int) -> tuple[int, int]:
        rows = [(f"{count}-{number}", "enrolled") for number in range(count)]
        plan = applied(planned(roster(*rows), program=hydrology))
        making = count_statements(lambda: undone(plan))
        undo = undone(plan)
        return making, count_statements(lambda: applied(undo))

    assert undo_so_many(3) == undo_so_many(3_000)
