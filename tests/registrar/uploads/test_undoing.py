"""Undoing an upload: planned as everything is, and leaving alone what others have changed."""

from typing import Any

import pytest
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable, ProgramRow
from matricula.registrar.jobs.api import JobInProgress, JobState, retry_job
from matricula.registrar.partners.api import PermissionMissing
from matricula.registrar.uploads.api import (
    NothingToUndo,
    PlanState,
    apply_plan,
    get_upload,
    has_written,
    list_rows,
    list_undos,
    may_undo,
    plan_undo,
)
from tests.registrar import given
from tests.registrar.uploads.sending import (
    COURSE,
    applied,
    now,
    planned,
    read_result,
    received,
    statuses,
    undone,
    uploaded,
    with_grants,
    with_students,
    worked_off,
)

pytestmark = pytest.mark.django_db

FILE = "student_key,status\nrv-0,ended\nrv-1,ended\nrv-9,enrolled\n"
BEFORE = {"rv-0": "enrolled", "rv-1": "enrolled"}


def test_what_an_upload_did_is_taken_back(lms: FakeLms) -> None:
    with_students(lms, 2)
    plan = undone(applied(planned(FILE)))
    assert (plan.state, plan.is_undo) == (PlanState.READY, True)
    assert plan.job.words == "plan of an undo (3 would change, 0 refused)"
    rows = list_rows(job=plan.job, by=given.actor(), limit=10)
    assert [(row.student_key, row.action, row.before, row.after) for row in rows] == [
        ("rv-0", "undo", "ended", "enrolled"),
        ("rv-1", "undo", "ended", "enrolled"),
        ("rv-9", "undo", "enrolled", ""),
    ]
    job = applied(plan)
    assert (job.state, job.counts) == (JobState.SUCCEEDED, {"undo": 3})
    assert statuses(lms) == BEFORE
    assert read_result(job).startswith("\ufeffstudent_key,status,line,asked,action,reason,before")


def test_what_others_have_changed_since_is_listed_and_left_alone(lms: FakeLms) -> None:
    with_students(lms, 2)
    job = applied(planned(FILE))
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-1", status="canceled")])
    plan = undone(job)
    assert plan.job.parameters["refusals"] == {"changed-since": 1}
    applied(plan)
    assert statuses(lms) == {"rv-0": "enrolled", "rv-1": "canceled"}


def test_an_undo_can_be_undone(lms: FakeLms) -> None:
    with_students(lms, 2)
    undo = applied(undone(applied(planned(FILE))))
    applied(undone(undo))
    assert statuses(lms) == {"rv-0": "ended", "rv-1": "ended", "rv-9": "enrolled"}


@pytest.mark.parametrize("rows_at_once", [2, 3])
def test_an_upload_of_the_api_can_be_undone(rows_at_once: int, lms: FakeLms) -> None:
    """Whether the LMS has made it a job, or has answered it at once."""
    lms.rows_at_once = rows_at_once
    with_students(lms, 2)
    job = uploaded(FILE)
    assert (job.upload.lms_job is None) is (rows_at_once == 3)
    applied(undone(job))
    assert statuses(lms) == BEFORE


def test_so_can_one_of_courses(lms: FakeLms) -> None:
    with_students(lms, 2)
    with_grants(lms, 1)
    before = list(lms.list_course_enrollments(given.HYDROLOGY))
    rows = "".join(f"{given.RUN},rv-{number},inactive\n" for number in range(2))
    plan = undone(uploaded(f"course_id,student_key,status\n{rows}", kind=COURSE))
    assert (plan.kind, plan.changed) == (COURSE, 2)
    applied(plan)
    assert list(lms.list_course_enrollments(given.HYDROLOGY)) == before


def test_what_was_written_unheard_of_is_taken_back_too(lms: FakeLms, settings: Settings) -> None:
    settings.LMS_PATIENCE_MINUTES = 0
    with_students(lms, 2)
    send = lms.send_roster_file

    def lose_the_answer(*args: Any, **told: Any) -> None:  # noqa: ANN401  handed on
        send(*args, **told)
        raise LmsUnreachable("away")

    lms.send_roster_file = lose_the_answer  # type: ignore[assignment,method-assign]  # for once
    job = uploaded(FILE)
    assert job.counts == {"unknown": 3}
    assert may_undo(job.upload)
    lms.send_roster_file = send  # type: ignore[method-assign]  # as it was
    retry_job(uuid=job.uuid, by=given.actor())
    again = worked_off(job)
    assert (again.attempt, again.counts) == (2, {"unchanged": 3})
    applied(undone(again))
    assert statuses(lms) == BEFORE


def test_a_job_of_the_lms_under_another_id_is_taken_back_by_itself(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    with_students(lms, 2)
    job = uploaded(FILE)
    lms._requested.clear()
    applied(undone(job))
    assert statuses(lms) == BEFORE


def test_what_edx_s_api_has_written_is_not_taken_back(lms: FakeLms, settings: Settings) -> None:
    settings.LMS_API = "v1"
    with_students(lms, 2)
    job = uploaded(FILE)
    settings.LMS_API = "v2"
    assert has_written(job.upload)
    with pytest.raises(NothingToUndo):
        plan_undo(uuid=job.uuid, by=given.actor(), at=now())


def test_asked_for_twice_it_is_one_plan(lms: FakeLms) -> None:
    with_students(lms, 2)
    job = applied(planned(FILE))
    plan = undone(job)
    assert plan_undo(uuid=job.uuid, by=given.actor(), at=now()) == plan.job
    upload = get_upload(uuid=job.uuid, by=given.actor())
    assert list_undos(upload=upload) == [plan]
    applied(plan)
    assert plan_undo(uuid=job.uuid, by=given.actor(), at=now()) != plan.job


def test_what_wrote_nothing_is_not_undone(lms: FakeLms) -> None:
    with_students(lms, 2)
    plan = planned(FILE)
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-0", status="canceled")])
    job = applied(plan)
    with pytest.raises(NothingToUndo):
        plan_undo(uuid=job.uuid, by=given.actor(), at=now())


def test_an_undo_needs_the_same_role_and_waits_its_turn(lms: FakeLms) -> None:
    with_students(lms, 2)
    job = applied(planned(FILE))
    given.with_role("read_enrollments", "reader", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        plan_undo(uuid=job.uuid, by=given.actor("reader"), at=now())
    plan = undone(job)
    received("student_key,status\nrv-7,enrolled\n")
    with pytest.raises(JobInProgress):
        apply_plan(uuid=plan.job.uuid, by=given.actor(), at=now())
