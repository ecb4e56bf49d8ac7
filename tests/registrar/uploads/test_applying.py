"""Applying a plan: exactly what was shown, once, or nothing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from procrastinate.exceptions import JobAborted
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsBroken, LmsUnreachable, ProgramRow
from matricula.lms_client.api import Plan as LmsPlan
from matricula.registrar.files.api import FileGone, drop_file
from matricula.registrar.jobs.api import (
    Job,
    JobInProgress,
    JobState,
    TooLateToCancel,
    cancel_job,
    retry_job,
)
from matricula.registrar.kernel.api import LmsIsBroken, LmsIsUnreachable
from matricula.registrar.partners.api import PermissionMissing
from matricula.registrar.uploads.api import (
    BecauseMissing,
    NothingToApply,
    OwnUpload,
    Plan,
    PlanExpired,
    PlanNotReady,
    PlanState,
    Upload,
    apply_plan,
    discard_plan,
    plan_again,
)
from tests.registrar import given
from tests.registrar.uploads.sending import (
    applied,
    foretold,
    now,
    planned,
    read_result,
    received,
    statuses,
    with_students,
    worked_off,
)
from tests.registrar.uploads.test_carrying_out import failing
from tests.registrar.uploads.test_planning import heavy

pytestmark = pytest.mark.django_db

FILE = "student_key,status\nrv-0,ended\nrv-9,enrolled\nrv-3,gone\n"


def a_plan(lms: FakeLms) -> Plan:
    with_students(lms, 4)
    return planned(FILE)


def test_what_was_shown_is_done(lms: FakeLms) -> None:
    job = applied(a_plan(lms))
    assert statuses(lms)["rv-0"] == "ended"
    assert statuses(lms)["rv-9"] == "enrolled"
    assert (job.state, job.text, job.tally) == (JobState.SUCCEEDED, "207", "2 done, 1 refused")
    assert job.counts == {"update": 1, "create": 1, "refuse": 1}
    header, first, *_ = read_result(job).split("\r\n")
    assert header == "student_key,status,line,asked,action,reason,before,after"
    assert first == "rv-0,ended,2,ended,update,,enrolled,ended"


def test_applied_twice_it_is_done_once(lms: FakeLms) -> None:
    plan = a_plan(lms)
    first = apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
    assert apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now()) == first
    worked_off(first)
    assert apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now()) == first
    assert Upload.objects.count() == 1


def test_what_moved_meanwhile_is_told_and_nothing_is_done(lms: FakeLms) -> None:
    plan = a_plan(lms)
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-0", status="canceled")])
    job = applied(plan)
    assert (job.state, job.failure_code) == (JobState.FAILED, "plan-stale")
    assert "rv-9" not in statuses(lms)
    plan.refresh_from_db()
    assert (plan.state, plan.moved_count) == (PlanState.STALE, 1)
    [moved] = plan.moved
    assert (moved["line"], moved["student_key"]) == (2, "rv-0")
    assert (moved["planned"]["before"], moved["now"]["before"]) == ("enrolled", "canceled")
    with pytest.raises(PlanNotReady):
        apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
    again = foretold(plan_again(uuid=plan.job.uuid, by=given.actor(), at=now()))
    assert applied(again).state == JobState.SUCCEEDED


def test_a_long_one_that_is_found_stale_by_the_lms_s_worker_is_told_too(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    plan = a_plan(lms)
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-0", status="canceled")])
    assert applied(plan).failure_code == "plan-stale"


def test_a_worker_that_is_killed_in_the_middle_leaves_it_to_the_next(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = apply_plan(uuid=a_plan(lms).job.uuid, by=given.actor(), at=now())
    trouble = LmsBroken("cut off")
    with monkeypatch.context() as patched:
        patched.setattr("matricula.registrar.uploads.carrying_out_plans._finish", raising(trouble))
        with pytest.raises(LmsBroken):
            worked_off(job)
    assert statuses(lms)["rv-0"] == "ended"
    assert worked_off(job).counts == {"update": 1, "create": 1, "refuse": 1}


def raising(trouble: Exception) -> object:
    def fail(*_: object) -> None:
        raise trouble

    return fail


def test_a_worker_that_stops_while_the_lms_applies_leaves_it_to_the_next(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    job = apply_plan(uuid=a_plan(lms).job.uuid, by=given.actor(), at=now())
    with pytest.raises(JobAborted):
        worked_off(job, is_stopping=applying(lms))
    assert worked_off(job).state == JobState.SUCCEEDED


def test_once_the_lms_applies_it_is_too_late_to_cancel(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    job = apply_plan(uuid=a_plan(lms).job.uuid, by=given.actor(), at=now())
    has_begun = applying(lms)

    def try_to_cancel_when_begun() -> bool:
        if has_begun():
            with pytest.raises(TooLateToCancel):
                cancel_job(uuid=job.uuid, by=given.actor(), at=now())
        return False

    assert worked_off(job, is_stopping=try_to_cancel_when_begun).state == JobState.SUCCEEDED
    assert statuses(lms)["rv-0"] == "ended"


def test_who_cancels_too_late_and_loses_the_role_is_told_what_was_done(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    job = apply_plan(uuid=a_plan(lms).job.uuid, by=given.actor(), at=now())
    with pytest.raises(JobAborted):
        worked_off(job, is_stopping=applying(lms))
    Job.objects.filter(pk=job.pk).update(cancel_requested_at=now())  # just before it was too late
    given.take_all_roles("registrar")
    assert worked_off(job).state == JobState.SUCCEEDED
    assert statuses(lms)["rv-0"] == "ended"


def test_a_role_that_is_gone_by_then_applies_nothing(lms: FakeLms) -> None:
    job = apply_plan(uuid=a_plan(lms).job.uuid, by=given.actor(), at=now())
    given.take_all_roles("registrar")
    assert worked_off(job).failure_code == "permission-missing"
    assert statuses(lms)["rv-0"] == "enrolled"


def test_a_stale_plan_that_was_thrown_away_stays_so_when_it_is_tried_again(lms: FakeLms) -> None:
    plan = a_plan(lms)
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-0", status="canceled")])
    job = applied(plan)
    discard_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
    again = worked_off(retry_job(uuid=job.uuid, by=given.actor()))
    assert (again.state, again.failure_code) == (JobState.FAILED, "plan-stale")
    plan.refresh_from_db()
    assert plan.state == PlanState.DISCARDED


def applying(lms: FakeLms) -> Callable[[], bool]:
    """Tell whether the LMS applies a plan, and has not finished."""
    begun: list[UUID] = []
    apply = lms.apply_plan

    def note(plan: UUID, *, key: str = "") -> LmsPlan:
        begun.append(plan)
        return apply(plan, key=key)

    lms.apply_plan = note  # type: ignore[method-assign]  # what a double does
    return lambda: bool(begun) and lms._plans[begun[0]].plan.state == "applying"


def test_while_the_lms_is_away_it_is_tried_again_until_it_is_given_up(
    lms: FakeLms, settings: Settings
) -> None:
    job = apply_plan(uuid=a_plan(lms).job.uuid, by=given.actor(), at=now())
    mend = failing(lms, "apply_plan", LmsUnreachable("no answer"))
    with pytest.raises(LmsIsUnreachable):
        worked_off(job)
    settings.LMS_PATIENCE_MINUTES = 0
    assert "It may have been applied" in worked_off(job).failure
    mend()
    retry_job(uuid=job.uuid, by=given.actor())
    assert worked_off(job).state == JobState.SUCCEEDED


def test_only_one_writes_to_a_program(lms: FakeLms) -> None:
    plan = a_plan(lms)
    received("student_key,status\nrv-7,enrolled\n")
    with pytest.raises(JobInProgress):
        apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
    plan.refresh_from_db()
    assert plan.state == PlanState.READY


def test_whoever_may_not_write_neither_applies_nor_discards(lms: FakeLms) -> None:
    plan = a_plan(lms)
    given.with_role("read_enrollments", "reader", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        apply_plan(uuid=plan.job.uuid, by=given.actor("reader"), at=now())
    with pytest.raises(PermissionMissing):
        discard_plan(uuid=plan.job.uuid, by=given.actor("reader"), at=now())


def test_what_changes_much_is_applied_by_somebody_else(lms: FakeLms) -> None:
    plan = heavy(lms)
    with pytest.raises(OwnUpload):
        apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
    given.with_role("read_write_enrollments", "dean", school=given.RIVER)
    job = applied(plan, by="dean")
    upload = Upload.objects.select_related("approved_by").get(job=job)
    assert upload.approved_by is not None
    assert (upload.approved_by.username, job.account.username) == ("dean", "dean")


def test_what_is_thrown_away_is_not_applied_and_says_by_whom(lms: FakeLms) -> None:
    plan = a_plan(lms)
    thrown = discard_plan(uuid=plan.job.uuid, by=given.actor(), at=now(), because="the wrong file")
    assert (thrown.state, thrown.discarded_because) == (PlanState.DISCARDED, "the wrong file")
    assert thrown.discarded_by == given.account()
    with pytest.raises(PlanNotReady, match="thrown away"):
        apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
    with pytest.raises(PlanNotReady):
        discard_plan(uuid=plan.job.uuid, by=given.actor(), at=now())


def test_who_throws_away_what_waits_for_them_says_why_and_the_planner_need_not(
    lms: FakeLms,
) -> None:
    plan = heavy(lms)
    given.with_role("read_write_enrollments", "dean", school=given.RIVER)
    for because in ("", " \n"):
        with pytest.raises(BecauseMissing):
            discard_plan(uuid=plan.job.uuid, by=given.actor("dean"), at=now(), because=because)
    plan.refresh_from_db()
    assert (plan.state, plan.waits_since is None) == (PlanState.READY, False)
    thrown = discard_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
    assert thrown.state == PlanState.DISCARDED


def test_a_plan_is_not_applied_for_ever(lms: FakeLms) -> None:
    plan = a_plan(lms)
    with pytest.raises(PlanExpired):
        apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now() + timedelta(days=8))


def test_a_plan_that_changes_nothing_is_not_applied(lms: FakeLms) -> None:
    with_students(lms, 1)
    plan = planned("student_key,status\nrv-0,enrolled\n,enrolled\n")
    with pytest.raises(NothingToApply):
        apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now())


def test_without_its_file_the_result_is_no_malfunction(lms: FakeLms) -> None:
    plan = a_plan(lms)
    drop_file(name=plan.job.input_file)
    assert applied(plan).failure_code == FileGone.code


def test_a_broken_lms_is_tried_again(lms: FakeLms) -> None:
    job = apply_plan(uuid=a_plan(lms).job.uuid, by=given.actor(), at=now())
    failing(lms, "apply_plan", LmsBroken("rubbish"))
    with pytest.raises(LmsIsBroken):
        worked_off(job)
