"""Plans: what a file would do, told before it is done."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.exceptions import JobAborted
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms_client.api import FakeLms, LmsRefused, LmsUnreachable, ProgramRow
from matricula.registrar.files.api import FileGone, drop_file
from matricula.registrar.jobs.api import JobInProgress, JobState, cancel_job, retry_job
from matricula.registrar.kernel.api import LmsIsUnreachable
from matricula.registrar.partners.api import PermissionMissing
from matricula.registrar.uploads.api import (
    MissingColumns,
    Plan,
    PlanState,
    UploadKind,
    find_waiting,
    get_plan,
    list_rows,
    list_waiting,
    plan_again,
)
from tests.registrar import given
from tests.registrar.uploads.sending import (
    applied,
    asked,
    foretold,
    now,
    planned,
    read_result,
    received,
    statuses,
    with_grants,
    with_students,
)
from tests.registrar.uploads.test_carrying_out import failing

pytestmark = pytest.mark.django_db

MIXED = """student_key,status
rv-0,enrolled
rv-1,ended
rv-9,pending
rv-3,on-leave
,enrolled
"""


def words(plan: Plan, word: str = "") -> list[tuple[int, str, str, str, str]]:
    rows = list_rows(job=plan.job, by=given.actor(), word=word, limit=100)
    return [(row.line, row.student_key, row.action, row.before, row.after) for row in rows]


def test_it_says_of_every_row_what_would_be_and_does_nothing(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(MIXED, reason="a new term")
    assert words(plan) == [
        (2, "rv-0", "unchanged", "enrolled", "enrolled"),
        (3, "rv-1", "update", "enrolled", "ended"),
        (4, "rv-9", "create", "", "pending"),
        (5, "rv-3", "refuse", "", ""),
        (6, "", "refuse", "", ""),
    ]
    assert words(plan, "refuse:invalid-key") == [(6, "", "refuse", "", "")]
    job = plan.job
    assert (job.state, plan.state) == (JobState.SUCCEEDED, PlanState.READY)
    assert job.counts == {"unchanged": 1, "update": 1, "create": 1, "refuse": 2}
    assert job.parameters["refusals"] == {"invalid-status": 1, "invalid-key": 1}
    assert job.words == "plan of a program enrollment upload (2 would change, 2 refused)"
    assert job.parameters["comparison"]["missing"] == 1
    assert "rv-9,pending,4,pending,create,,,pending" in read_result(job)
    assert set(statuses(lms).values()) == {"enrolled"}
    assert (plan.name, plan.reason) == ("spring.csv", "a new term")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("student_key,status", UploadKind.PROGRAM),
        ("Course_ID,student_key,status", UploadKind.COURSE),
        ("student_key,course_run,status", None),
    ],
)
def test_a_file_is_known_by_its_columns(
    header: str, kind: UploadKind | None, lms: FakeLms
) -> None:
    with_students(lms, 1)
    if kind is None:
        with pytest.raises(MissingColumns, match="course_id"):
            planned(header + "\n")
    else:
        assert planned(header + "\n").kind == kind


def test_a_plan_of_courses_says_the_runs(lms: FakeLms) -> None:
    with_students(lms, 2)
    with_grants(lms, 1)
    plan = planned(
        "student_key,course_id,status\nrv-0,HYD-A,inactive\nrv-1,HYD-A,active\nrv-9,HYD-A,active\n"
    )
    assert words(plan) == [
        (2, "rv-0", "update", "active", "inactive"),
        (3, "rv-1", "create", "", "active"),
        (4, "rv-9", "refuse", "", ""),
    ]


def test_a_plan_holds_nobody_up(lms: FakeLms) -> None:
    with_students(lms, 1)
    planned(MIXED)
    planned(MIXED)
    assert received("student_key,status\nrv-7,enrolled\n").state == JobState.PENDING


def test_while_a_job_writes_no_plan_is_made() -> None:
    received("student_key,status\nrv-7,enrolled\n")
    with pytest.raises(JobInProgress):
        planned(MIXED)


def test_whoever_may_not_write_plans_nothing_and_whoever_may_not_read_sees_none(
    lms: FakeLms,
) -> None:
    with_students(lms, 1)
    plan = planned(MIXED)
    given.with_role("read_enrollments", "reader", school=given.RIVER)
    given.with_role("read_metadata", "guest", school=given.RIVER)
    assert get_plan(uuid=plan.job.uuid, by=given.actor("reader")) == plan
    with pytest.raises(PermissionMissing):
        plan_again(uuid=plan.job.uuid, by=given.actor("reader"), at=given.NOW)
    with pytest.raises(PermissionMissing):
        get_plan(uuid=plan.job.uuid, by=given.actor("guest"))
    with pytest.raises(PermissionMissing):
        list_rows(job=plan.job, by=given.actor("guest"), limit=1)


def test_a_file_of_wrong_rows_alone_is_not_sent(lms: FakeLms) -> None:
    failing(lms, "make_plan", AssertionError())
    plan = planned("student_key,status\n,enrolled\n")
    assert (plan.state, plan.job.counts) == (PlanState.READY, {"refuse": 1})


def test_a_long_one_is_followed(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    with_students(lms, 4)
    assert planned(MIXED).job.counts["create"] == 1


def test_a_worker_that_stops_leaves_the_lms_s_plan_to_the_next(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    plan = planned_but_stopped()
    assert plan.lms_plan is not None
    before = plan.lms_plan
    again = foretold(plan.job)
    assert (again.state, again.lms_plan) == (PlanState.READY, before)


def planned_but_stopped() -> Plan:
    """A plan that the LMS was asked for just before the worker was to stop."""
    job = asked(MIXED)
    with pytest.raises(JobAborted):
        foretold(job, is_stopping=lambda: Plan.objects.exclude(lms_plan=None).exists())
    return Plan.objects.select_related("job").get()


def test_while_the_lms_is_away_it_is_tried_again_until_it_is_given_up(
    lms: FakeLms, settings: Settings
) -> None:
    mend = failing(lms, "make_plan", LmsUnreachable("no answer"))
    with pytest.raises(LmsIsUnreachable):
        planned(MIXED)
    plan = Plan.objects.select_related("job").get()
    assert (plan.job.state, plan.job.failure_code) == (JobState.RETRYING, "lms-unreachable")
    settings.LMS_PATIENCE_MINUTES = 0
    given_up = foretold(plan.job)
    assert (given_up.job.state, given_up.job.failure_code) == (JobState.FAILED, "plan-not-made")
    mend()
    retry_job(uuid=plan.job.uuid, by=given.actor())
    assert foretold(plan.job).state == PlanState.READY


def test_what_the_lms_refuses_has_its_words(lms: FakeLms) -> None:
    refused = LmsRefused("No such mode.", status=400, code="no-mode", request_id="")
    failing(lms, "make_plan", refused)
    assert "No such mode." in planned(MIXED).job.failure


def test_one_that_is_canceled_is_given_up_at_the_lms_too(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    plan = planned_but_stopped()
    cancel_job(uuid=plan.job.uuid, by=given.actor(), at=given.NOW)
    canceled = foretold(plan.job)
    assert (canceled.job.state, canceled.job.failure_code) == (JobState.FAILED, "canceled")


def test_the_same_file_is_planned_again_as_things_are_now(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(MIXED, reason="a new term")
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-1", status="ended")])
    again = foretold(plan_again(uuid=plan.job.uuid, by=given.actor(), at=given.NOW))
    assert again.job.counts == {"unchanged": 2, "create": 1, "refuse": 2}
    assert (again.name, again.reason, again.kind) == (plan.name, plan.reason, plan.kind)
    drop_file(name=plan.job.input_file)
    with pytest.raises(FileGone):
        plan_again(uuid=plan.job.uuid, by=given.actor(), at=given.NOW)


def heavy(lms: FakeLms) -> Plan:
    with_students(lms, 50)
    lines = [f"rv-{each},canceled\n" for each in range(11)]
    return planned("student_key,status\n" + "".join(lines))


def test_what_would_change_much_waits_for_a_second_person(lms: FakeLms) -> None:
    plan = heavy(lms)
    given.with_role("read_write_enrollments", "dean", school=given.RIVER)
    given.with_role("read_enrollments", "reader", school=given.RIVER)
    [waiting] = list_waiting(by=given.actor("dean"), at=now())
    assert (waiting.job, waiting.changed, waiting.size) == (plan.job, 11, 50)
    assert (waiting.sender, waiting.is_plan, waiting.is_own) == ("registrar", True, False)
    assert list_waiting(by=given.actor(), at=now())[0].is_own
    assert list_waiting(by=given.actor("reader"), at=now()) == []
    assert list_waiting(by=given.actor("dean"), at=later(plan)) == []
    assert applied(plan, by="dean").counts == {"update": 11}
    assert list_waiting(by=given.actor("dean"), at=now()) == []


def test_of_what_waits_only_that_of_ones_own_programs_is_read(
    lms: FakeLms, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plan = heavy(lms)
    given.with_role("read_write_enrollments", "dean", in_program=given.HYDROLOGY)
    given.with_role("read_write_enrollments", "stranger", school=given.HILL)
    dean, stranger = given.actor("dean"), given.actor("stranger")
    for others in (0, 3):
        for _ in range(others):
            heavy(lms)
        with django_assert_num_queries(3) as asked:
            assert len(list_waiting(by=dean, at=now())) == 1 + others
        with CaptureQueriesContext(connection) as read:
            assert list_waiting(by=stranger, at=now()) == []
        assert len(read) == len(asked)
        assert {rows_of(each["sql"]) for each in read.captured_queries[1:]} == {0}
    assert find_waiting(uuid=plan.job.uuid, by=stranger, at=now()) is None
    assert find_waiting(uuid=plan.job.uuid, by=dean, at=now()) is not None


def rows_of(statement: str) -> int:
    with connection.cursor() as cursor:
        return len(cursor.execute(statement).fetchall())


def later(plan: Plan) -> datetime:
    assert plan.expires_at is not None
    return plan.expires_at + timedelta(seconds=1)
