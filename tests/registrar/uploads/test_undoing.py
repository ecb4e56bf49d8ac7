"""Undoing an upload: planned as everything is, and leaving alone what others have changed."""

import pytest

from matricula.lms_client.api import FakeLms, ProgramRow
from matricula.registrar.jobs.api import JobInProgress, JobState
from matricula.registrar.partners.api import PermissionMissing
from matricula.registrar.uploads.api import (
    NothingToUndo,
    PlanState,
    apply_plan,
    get_upload,
    list_rows,
    list_undos,
    plan_undo,
)
from tests.registrar import given
from tests.registrar.uploads.sending import (
    applied,
    now,
    planned,
    read_result,
    received,
    statuses,
    undone,
    uploaded,
    with_students,
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


def test_an_upload_of_the_api_can_be_undone(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    with_students(lms, 2)
    applied(undone(uploaded(FILE)))
    assert statuses(lms) == BEFORE


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
