"""Plans, of the LMS in memory and of a real one."""

from io import BytesIO
from uuid import UUID, uuid4

import pytest

from matricula.lms_client.api import (
    EnrollmentKind,
    Form,
    Job,
    LmsNotFound,
    LmsRefused,
    Mode,
    Plan,
    PlanStale,
    ProgramRow,
    Undoes,
)
from tests.lms_client.conftest import HYDROLOGY, RUN, Side

PROGRAM, COURSE = EnrollmentKind.PROGRAM_ENROLLMENTS, EnrollmentKind.COURSE_ENROLLMENTS


def make(side: Side, *rows: str, kind: EnrollmentKind = PROGRAM, key: str = "") -> Plan:
    header = "student_key,status" if kind is PROGRAM else "student_key,course_id,status"
    text = "\n".join([header, *rows, ""]).encode()
    return side.lms.make_plan(
        HYDROLOGY, BytesIO(text), kind=kind, form=Form.CSV, name="spring.csv", key=key
    )


def enroll(side: Side, key: str, status: str = "enrolled") -> None:
    side.lms.send_roster(HYDROLOGY, [ProgramRow(student_key=key, status=status)])


def told(side: Side, plan: Plan, action: str | None = None) -> list[tuple[str, ...]]:
    return [
        (row.student_key, row.action, row.verdict, row.before, row.after)
        for row in side.lms.list_plan_answers(plan.id, action=action)
    ]


def statuses(side: Side) -> dict[str | None, str]:
    listed = side.lms.list_program_enrollments(HYDROLOGY)
    return {each.student_key: each.status for each in listed}


def test_a_plan_is_shown_and_applied_as_it_was_shown(side: Side) -> None:
    enroll(side, "rv-1")

    plan = make(side, "rv-1,ended", "rv-2,enrolled", "rv-3,gone")

    assert (plan.state, plan.rows, plan.planned, plan.mode) == ("ready", 3, 3, Mode.UPSERT)
    assert (plan.kind, plan.name, plan.program) == (PROGRAM, "spring.csv", HYDROLOGY)
    assert plan.counts == {"create": 1, "update": 1, "unchanged": 0, "refuse": 1}
    assert plan.verdicts == {"ended": 1, "enrolled": 1, "invalid-status": 1}
    assert told(side, plan) == [
        ("rv-1", "update", "ended", "enrolled", "ended"),
        ("rv-2", "create", "enrolled", "", "enrolled"),
        ("rv-3", "refuse", "invalid-status", "", ""),
    ]
    assert [row[0] for row in told(side, plan, "create")] == ["rv-2"]
    assert statuses(side) == {"rv-1": "enrolled"}

    done = side.lms.apply_plan(plan.id)

    assert (done.state, done.applied_at is None) == ("applied", False)
    assert statuses(side) == {"rv-1": "ended", "rv-2": "enrolled"}
    assert side.lms.apply_plan(plan.id) == done == side.lms.get_plan(plan.id)


def test_a_plan_whose_rows_have_moved_is_stale_for_good(side: Side) -> None:
    plan = make(side, "rv-1,enrolled", "rv-2,enrolled")
    enroll(side, "rv-2", "pending")

    for _ in range(2):
        with pytest.raises(PlanStale) as caught:
            side.lms.apply_plan(plan.id)
        assert (caught.value.code, caught.value.status) == ("plan-stale", 409)
        [moved] = caught.value.moved
        assert (caught.value.moved_count, moved.line, moved.student_key) == (1, 3, "rv-2")
        assert (moved.planned.action, moved.planned.before) == ("create", "")
        assert (moved.now.action, moved.now.before) == ("update", "pending")

    assert statuses(side) == {"rv-2": "pending"}
    stale = side.lms.get_plan(plan.id)
    assert (stale.state, stale.moved_count) == ("stale", 1)
    assert [each.student_key for each in stale.moved] == ["rv-2"]


def test_a_long_plan_is_made_and_applied_by_a_worker(side: Side) -> None:
    plan = make(side, *(f"rv-{number},enrolled" for number in range(4)))

    assert (plan.state, plan.planned, plan.is_settled) == ("planning", 0, False)
    side.let_a_worker_work(plan.id)
    ready = side.lms.get_plan(plan.id)
    assert (ready.state, ready.planned, ready.is_settled) == ("ready", 4, True)
    assert side.lms.apply_plan(plan.id).state == "applying"
    side.let_a_worker_work(plan.id)
    assert side.lms.get_plan(plan.id).state == "applied"
    assert len(statuses(side)) == 4


def test_what_is_planned_again_under_its_key_is_the_same_plan(side: Side) -> None:
    first = make(side, "rv-1,enrolled", key="upload-1")

    assert make(side, "rv-1,enrolled", key="upload-1").id == first.id
    assert make(side, "rv-1,enrolled", key="upload-2").id != first.id


def test_a_plan_that_is_discarded_is_not_applied(side: Side) -> None:
    plan = make(side, "rv-1,enrolled")

    assert side.lms.discard_plan(plan.id).state == "discarded"
    with pytest.raises(LmsRefused) as caught:
        side.lms.apply_plan(plan.id)
    assert caught.value.code == "plan-not-ready"
    assert statuses(side) == {}


def test_an_applied_plan_is_undone_and_its_undo_too(side: Side) -> None:
    enroll(side, "rv-1")
    plan = make(side, "rv-1,ended", "rv-2,enrolled")
    side.lms.apply_plan(plan.id)

    undo = side.lms.undo_plan(plan.id, reason="the wrong file")

    assert (undo.state, undo.undoes) == ("ready", Undoes(what="plan", id=str(plan.id)))
    assert (undo.reason, undo.mode) == ("the wrong file", None)
    assert undo.counts == {"undo": 2, "unchanged": 0, "refuse": 0}
    assert told(side, undo) == [
        ("rv-1", "undo", "enrolled", "ended", "enrolled"),
        ("rv-2", "undo", "removed", "enrolled", ""),
    ]
    assert statuses(side) == {"rv-1": "ended", "rv-2": "enrolled"}
    assert side.lms.apply_plan(undo.id).state == "applied"
    assert statuses(side) == {"rv-1": "enrolled"}

    side.lms.apply_plan(side.lms.undo_plan(undo.id).id)

    assert statuses(side) == {"rv-1": "ended", "rv-2": "enrolled"}


def test_what_was_changed_or_built_upon_since_is_left_alone(side: Side) -> None:
    plan = make(side, "rv-1,enrolled", "rv-2,enrolled", "rv-3,enrolled")
    side.lms.apply_plan(plan.id)
    enroll(side, "rv-1", "ended")
    courses = make(side, f"rv-2,{RUN},active", kind=COURSE)
    assert courses.kind is COURSE
    side.lms.apply_plan(courses.id)

    undo = side.lms.undo_plan(plan.id)

    assert told(side, undo) == [
        ("rv-1", "refuse", "changed-since", "ended", "ended"),
        ("rv-2", "refuse", "depended-on", "enrolled", "enrolled"),
        ("rv-3", "undo", "removed", "enrolled", ""),
    ]
    assert all(row.reason for row in side.lms.list_plan_answers(undo.id, action="refuse"))
    side.lms.apply_plan(undo.id)
    assert statuses(side) == {"rv-1": "ended", "rv-2": "enrolled"}


def test_a_job_is_undone(side: Side) -> None:
    rows = [ProgramRow(student_key=f"rv-{number}", status="enrolled") for number in range(4)]
    job = side.lms.send_roster(HYDROLOGY, rows)
    assert isinstance(job, Job)
    side.let_a_worker_work(job.uuid)

    undo = side.lms.undo_job(job.uuid)

    assert (undo.state, undo.rows) == ("planning", 4)
    side.let_a_worker_work(undo.id)
    assert side.lms.get_plan(undo.id).counts["undo"] == 4
    assert side.lms.apply_plan(undo.id).state == "applying"
    side.let_a_worker_work(undo.id)
    assert side.lms.get_plan(undo.id).state == "applied"
    assert statuses(side) == {}


def test_what_was_answered_at_once_is_undone_by_the_id_of_its_request(side: Side) -> None:
    enroll(side, "rv-1")
    wanted = [("rv-1", "pending", "key-1"), ("rv-1", "ended", "key-2"), ("rv-2", "ended", "key-3")]
    for student, status, key in [*wanted, wanted[0]]:
        row = ProgramRow(student_key=student, status=status)
        side.lms.send_roster(HYDROLOGY, [row], key=key, request_id="upload/7")
    course = f"student_key,course_id,status\nrv-2,{RUN},active\n".encode()
    side.lms.send_roster_file(
        HYDROLOGY, BytesIO(course), kind=COURSE, form=Form.CSV, request_id="upload/7"
    )

    undo = side.lms.undo_request("upload/7", program=HYDROLOGY, reason="the wrong file")

    assert (undo.state, undo.undoes) == ("ready", Undoes(what="request", id="upload/7"))
    assert (undo.reason, undo.kind) == ("the wrong file", PROGRAM)
    assert told(side, undo) == [
        ("rv-1", "undo", "enrolled", "ended", "enrolled"),
        ("rv-2", "undo", "removed", "ended", ""),
        ("rv-2", "undo", "removed", "active", ""),
    ]
    side.lms.apply_plan(undo.id)
    assert statuses(side) == {"rv-1": "enrolled"}


def test_what_has_written_nothing_cannot_be_undone(side: Side) -> None:
    plan = make(side, "rv-1,enrolled")

    with pytest.raises(LmsRefused) as caught:
        side.lms.undo_plan(plan.id)
    assert caught.value.code == "nothing-to-undo"

    with pytest.raises(LmsRefused) as caught:
        side.lms.undo_request("unheard-of", program=HYDROLOGY)
    assert caught.value.code == "nothing-to-undo"


def test_what_does_not_exist_is_not_found(side: Side) -> None:
    nothing: UUID = uuid4()
    with pytest.raises(LmsNotFound):
        side.lms.get_plan(nothing)
    with pytest.raises(LmsNotFound):
        side.lms.apply_plan(nothing)
    with pytest.raises(LmsNotFound):
        side.lms.undo_job(nothing)
