"""What the protocol promises, asked of the LMS in memory and of a real one over HTTP."""

from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest

from matricula.lms_client.api import (
    CourseRow,
    Job,
    LmsNotFound,
    Mode,
    ProgramRow,
    RosterAnswer,
)
from tests.lms.kernel.seeing import wait_for_others
from tests.lms_client.conftest import HYDROLOGY, RUN, Side

pytestmark = pytest.mark.django_db(transaction=True)  # what a server is to see is committed


def send(side: Side, *rows: ProgramRow | CourseRow, mode: Mode = Mode.UPSERT) -> RosterAnswer:
    answer = side.lms.send_roster(HYDROLOGY, rows, mode=mode, reason="the tests ask")
    assert isinstance(answer, RosterAnswer)
    return answer


def row(key: str, status: str = "enrolled") -> ProgramRow:
    return ProgramRow(student_key=key, status=status)


def course_row(key: str, course_id: str = RUN, status: str = "active") -> CourseRow:
    return CourseRow(student_key=key, course_id=course_id, status=status)


def verdicts(answer: RosterAnswer) -> list[tuple[int, str, str]]:
    return [(each.line, each.action, each.verdict) for each in answer.rows]


def test_every_row_of_a_roster_is_answered(side: Side) -> None:
    answer = send(side, row("rv-1"), row("rv-2", "on-leave"), row(" "))

    assert verdicts(answer) == [
        (1, "create", "enrolled"),
        (2, "refuse", "invalid-status"),
        (3, "refuse", "invalid-key"),
    ]
    assert answer.applied
    assert answer.counts == {"create": 1, "update": 0, "unchanged": 0, "refuse": 2}
    assert all(bool(each.reason) == (each.action == "refuse") for each in answer.rows)


def test_a_roster_may_create_only_or_change_only(side: Side) -> None:
    send(side, row("rv-1"))

    created = send(side, row("RV-1", "pending"), row("rv-2"), mode=Mode.CREATE)
    updated = send(side, row("RV-1", "pending"), row("rv-3"), mode=Mode.UPDATE)

    assert verdicts(created) == [(1, "refuse", "conflict"), (2, "create", "enrolled")]
    assert verdicts(updated) == [(1, "update", "pending"), (2, "refuse", "not-in-program")]


def test_the_same_again_changes_nothing(side: Side) -> None:
    send(side, row("rv-1"), row("rv-2"))

    assert send(side, row("rv-1"), row("rv-2")).counts["unchanged"] == 2


def test_a_key_that_is_repeated_is_refused_wherever_it_stands(side: Side) -> None:
    answer = send(side, row("rv-1"), row("RV-1 "), row("rv-2"))

    assert [each.verdict for each in answer.rows] == ["duplicated", "duplicated", "enrolled"]


def test_a_dry_run_writes_nothing(side: Side) -> None:
    answer = side.lms.send_roster(HYDROLOGY, [row("rv-1")], dry_run=True)

    assert isinstance(answer, RosterAnswer)
    assert (answer.applied, answer.counts["create"]) == (False, 1)
    assert list(side.lms.list_program_enrollments(HYDROLOGY)) == []


def test_all_or_nothing_writes_nothing_if_a_row_is_refused(side: Side) -> None:
    answer = side.lms.send_roster(HYDROLOGY, [row("rv-1"), row("rv-2", "?")], atomic=True)

    assert isinstance(answer, RosterAnswer)
    assert not answer.applied
    assert list(side.lms.list_program_enrollments(HYDROLOGY)) == []


def test_a_course_roster_takes_the_schools_name_of_a_course(side: Side) -> None:
    send(side, row("rv-1"))

    answer = send(side, course_row("rv-1", "HYD-A"), course_row("rv-9"), course_row("rv-1", "?"))

    assert [each.verdict for each in answer.rows] == [
        "active",
        "not-in-program",
        "course-not-found",
    ]
    listed = list(side.lms.list_course_enrollments(HYDROLOGY, course_run=RUN))
    assert [(each.value, each.course_run, each.external_key) for each in listed] == [
        ("rv-1", RUN, "HYD-A")
    ]


def test_course_staff_is_given_taken_and_left_alone(side: Side) -> None:
    send(side, row("rv-1"))

    seen = []
    for staff in (True, None, False):
        sent = CourseRow(student_key="rv-1", course_id=RUN, status="active", course_staff=staff)
        send(side, sent)
        seen += [each.course_staff for each in side.lms.list_course_enrollments(HYDROLOGY)]

    assert seen == [True, True, False]


def test_a_long_roster_becomes_a_job_that_answers_every_row(side: Side) -> None:
    rows = [row(f"rv-{number}") for number in range(3)]

    job = side.lms.send_roster(HYDROLOGY, [*rows, row("rv-3", "?")])

    assert isinstance(job, Job)
    assert not job.is_finished
    side.let_a_worker_work(job.uuid)
    done = side.lms.get_job(job.uuid)
    assert (done.state, done.progress, done.applied) == ("succeeded", 1.0, True)
    assert done.counts == {"create": 3, "update": 0, "unchanged": 0, "refuse": 1}
    answers = [(each.line, each.verdict) for each in side.lms.list_answers(job.uuid)]
    assert answers == [(1, "enrolled"), (2, "enrolled"), (3, "enrolled"), (4, "invalid-status")]


def test_students_wait_until_their_key_is_bound(side: Side) -> None:
    send(side, row("rv-1"), row("rv-2"))
    send(side, course_row("rv-1"))
    assert side.lms.find_seat("mira", RUN) is None

    wanted = {"rv-1": "mira", "rv-2": "nobody"}
    bound = side.lms.bind_student_keys("RiverU", wanted, reason="saw a passport")

    assert [each.outcome for each in bound] == ["bound", "unknown-account"]
    assert side.lms.find_seat("mira", RUN) == "masters"
    waiting = list(side.lms.list_program_enrollments(HYDROLOGY, waiting=True))
    assert [each.student_key for each in waiting] == ["rv-2"]
    taken_up = list(side.lms.list_program_enrollments(HYDROLOGY, waiting=False))
    assert [(each.student_key, each.account) for each in taken_up] == [("rv-1", "mira")]


def test_a_key_that_is_anothers_is_not_moved(side: Side) -> None:
    side.lms.bind_student_keys("RiverU", {"rv-1": "mira"}, reason="first")

    bound = side.lms.bind_student_keys("RiverU", {"rv-1": "noor"}, reason="second")

    assert [each.outcome for each in bound] == ["refused"]


def test_changes_are_followed_from_a_cursor(side: Side) -> None:
    start = side.lms.list_changes().next_cursor
    send(side, row("rv-1"))
    send(side, row("rv-1", "pending"))

    follow = partial(side.lms.list_changes, program=HYDROLOGY, subjects=["program_enrollment"])
    wait_for_others()
    page = follow(after=start)

    seen = [(each.action, (each.after or {})["status"], each.reason) for each in page.results]
    assert seen == [
        ("created", "enrolled", "the tests ask"),
        ("changed", "pending", "the tests ask"),
    ]
    assert follow(after=page.next_cursor).results == []


def test_the_catalog_names_programs_with_their_runs(side: Side) -> None:
    listed = list(side.lms.list_programs())

    assert [(each.key, each.uuid) for each in listed] == [(HYDROLOGY, side.program)]
    assert side.lms.get_program(side.program).key == HYDROLOGY
    assert listed[0].authoring_organizations[0].key == "RiverU"


def test_one_student_may_be_asked_for(side: Side) -> None:
    send(side, row("rv-1"), row("rv-2", "pending"))
    send(side, course_row("rv-1"), course_row("rv-2"))

    (found,) = side.lms.list_program_enrollments(HYDROLOGY, student_key="RV-2 ")
    (granted,) = side.lms.list_course_enrollments(HYDROLOGY, student_key="RV-2 ")

    assert (found.student_key, found.status, found.waiting) == ("rv-2", "pending", True)
    assert (granted.value, granted.course_run, granted.active) == ("rv-2", RUN, True)
    assert granted.created_at <= granted.modified_at
    assert list(side.lms.list_program_enrollments(HYDROLOGY, student_key="rv-9")) == []


def test_who_waits_is_told_in_pages(side: Side) -> None:
    send(side, row("rv-1"), row("rv-2"), row("rv-3"))
    side.lms.bind_student_keys("RiverU", {"rv-2": "mira"}, reason="the tests ask")

    first = side.lms.list_waiting(HYDROLOGY, size=1)
    second = side.lms.list_waiting(HYDROLOGY, size=1, cursor=first.next_cursor)

    assert [each.student_key for each in (*first.results, *second.results)] == ["rv-1", "rv-3"]
    assert second.next_cursor == ""


def test_a_program_is_counted_month_by_month(side: Side) -> None:
    assert list(side.lms.list_history(HYDROLOGY)) == []
    send(side, row("rv-1"), row("rv-2", "pending"), row("rv-3"))

    (month,) = side.lms.list_history(HYDROLOGY, months=3)

    assert (month.month, month.counts) == (
        f"{datetime.now(UTC):%Y-%m}",
        {"enrolled": 2, "pending": 1},
    )


def test_what_does_not_exist_is_not_found(side: Side) -> None:
    with pytest.raises(LmsNotFound):
        side.lms.send_roster("no-such-program", [row("rv-1")])
    with pytest.raises(LmsNotFound):
        side.lms.get_program(uuid4())
    with pytest.raises(LmsNotFound):
        side.lms.get_job(uuid4())
    with pytest.raises(LmsNotFound):
        side.lms.find_seat("nobody", RUN)
    with pytest.raises(LmsNotFound):
        list(side.lms.list_program_enrollments("no-such-program"))


def test_rows_of_both_kinds_are_no_roster(side: Side) -> None:
    with pytest.raises(ValueError, match="one kind"):
        side.lms.send_roster(HYDROLOGY, [row("rv-1"), course_row("rv-1")])
    with pytest.raises(ValueError, match="one kind"):
        side.lms.send_roster(HYDROLOGY, [])
