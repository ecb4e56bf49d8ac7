"""What would change much of a program takes two people."""

import pytest
from pytest_django import Settings

from matricula.lms_client.api import FakeLms
from matricula.registrar.jobs.api import Job, JobState, UnknownJob, cancel_job
from matricula.registrar.partners.api import PermissionMissing
from matricula.registrar.uploads.api import (
    OwnUpload,
    UploadNotWaiting,
    approve_upload,
    list_waiting_uploads,
    reject_upload,
)
from tests.registrar import given
from tests.registrar.uploads.sending import (
    COURSE,
    received,
    statuses,
    uploaded,
    with_grants,
    with_students,
    worked_off,
)

pytestmark = pytest.mark.django_db


def roster(*, changed: int, same: int = 0, new: int = 0) -> str:
    """A file that would change so many students, and say the same of others."""
    lines = [f"rv-{each},canceled" for each in range(changed)]
    lines += [f"rv-{each},enrolled" for each in range(changed, changed + same)]
    lines += [f"new-{each},enrolled" for each in range(new)]
    return "student_key,status\n" + "\n".join(lines) + "\n"


def waiting(lms: FakeLms) -> Job:
    with_students(lms, 50)
    return uploaded(roster(changed=11, same=39))


def second_person() -> None:
    given.with_role("read_write_enrollments", "dean", school=given.RIVER)


def test_it_waits_until_somebody_else_approves_it(lms: FakeLms) -> None:
    job = waiting(lms)
    assert (job.state, job.failure_code) == (JobState.PENDING, "waits-for-approval")
    assert "11 of the 50 enrollments (22 %)" in job.failure
    assert set(statuses(lms).values()) == {"enrolled"}

    second_person()
    assert list_waiting_uploads(program=job.program, by=given.actor("dean")) == [job]
    approve_upload(uuid=job.uuid, by=given.actor("dean"), at=given.NOW)
    assert list_waiting_uploads(program=job.program, by=given.actor("dean")) == []

    worked_off(job)
    assert (job.state, job.failure_code) == (JobState.SUCCEEDED, "")
    assert job.counts == {"update": 11, "unchanged": 39}


def test_a_worker_that_comes_again_leaves_it_waiting(lms: FakeLms) -> None:
    assert worked_off(waiting(lms)).state == JobState.PENDING


@pytest.mark.parametrize(
    ("students", "content"),
    [
        (50, roster(changed=10, same=40)),  # no more than a fifth
        (9, roster(changed=9)),  # all of them, and few
        (0, roster(changed=0, new=100)),  # nobody was there before
        (50, roster(changed=0, same=50, new=100)),
    ],
)
def test_what_changes_less_is_sent_at_once(students: int, content: str, lms: FakeLms) -> None:
    if students:
        with_students(lms, students)
    assert uploaded(content).state == JobState.SUCCEEDED


def test_the_share_is_a_setting(lms: FakeLms, settings: Settings) -> None:
    settings.APPROVAL_SHARE = 22
    assert waiting(lms).state == JobState.SUCCEEDED


def test_grants_are_weighed_as_enrollments_are(lms: FakeLms) -> None:
    with_students(lms, 20)
    with_grants(lms, 20)
    lines = [f"rv-{each},HYD-A,inactive\n" for each in range(20)]
    job = uploaded("student_key,course_id,status\n" + "".join(lines), kind=COURSE)
    assert job.failure_code == "waits-for-approval"


def test_what_is_found_before_is_kept_with_the_job(lms: FakeLms) -> None:
    with_students(lms, 5)
    job = uploaded("student_key,status\nrv-0,ended\nrv-1,enrolled\nrv-9,gone\nrv-10,pending\n")
    told = job.parameters["comparison"]
    assert (told["source"], told["is_current"], told["size"]) == ("copy", True, 5)
    assert [told[each] for each in ("new", "changed", "unchanged", "missing")] == [1, 1, 1, 3]
    assert told["wrong"] == {"invalid-status": 1}


@pytest.fixture
def without_copies(settings: Settings) -> None:
    """Programs are too large to be copied."""
    settings.COPY_ROWS = 0


@pytest.mark.usefixtures("without_copies")
@pytest.mark.parametrize(("changed", "state"), [(11, JobState.PENDING), (10, JobState.SUCCEEDED)])
def test_without_a_copy_the_lms_is_asked(changed: int, state: JobState, lms: FakeLms) -> None:
    with_students(lms, 50)
    job = uploaded(roster(changed=changed, same=50 - changed))
    assert job.state == state
    assert "comparison" not in job.parameters


@pytest.mark.usefixtures("without_copies")
def test_a_long_roster_is_weighed_by_a_job_of_the_lms(lms: FakeLms) -> None:
    with_students(lms, 50)
    lms.rows_at_once = 5
    assert uploaded(roster(changed=50)).failure_code == "waits-for-approval"


def test_nobody_approves_their_own(lms: FakeLms) -> None:
    job = waiting(lms)
    with pytest.raises(OwnUpload):
        approve_upload(uuid=job.uuid, by=given.actor(), at=given.NOW)
    with pytest.raises(OwnUpload):
        reject_upload(uuid=job.uuid, by=given.actor())


def test_whoever_may_not_write_decides_nothing(lms: FakeLms) -> None:
    job = waiting(lms)
    given.with_role("read_enrollments", "reader", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        approve_upload(uuid=job.uuid, by=given.actor("reader"), at=given.NOW)
    with pytest.raises(PermissionMissing):
        list_waiting_uploads(program=job.program, by=given.actor("reader"))


def test_a_rejected_one_has_failed_and_nothing_was_sent(lms: FakeLms) -> None:
    job = waiting(lms)
    second_person()
    rejected = reject_upload(uuid=job.uuid, by=given.actor("dean"))
    assert (rejected.state, rejected.failure_code) == (JobState.FAILED, "rejected")
    assert set(statuses(lms).values()) == {"enrolled"}


def test_one_that_waits_can_be_canceled_by_who_sent_it(lms: FakeLms) -> None:
    job = waiting(lms)
    assert cancel_job(uuid=job.uuid, by=given.actor(), at=given.NOW).state == JobState.FAILED
    second_person()
    with pytest.raises(UploadNotWaiting):
        approve_upload(uuid=job.uuid, by=given.actor("dean"), at=given.NOW)
    assert list_waiting_uploads(program=job.program, by=given.actor("dean")) == []


def test_what_does_not_wait_cannot_be_approved() -> None:
    job = received("student_key,status\nrv-1,enrolled\n")
    second_person()
    with pytest.raises(UploadNotWaiting):
        approve_upload(uuid=job.uuid, by=given.actor("dean"), at=given.NOW)
    with pytest.raises(UnknownJob):
        approve_upload(uuid=given.uuid("nothing"), by=given.actor("dean"), at=given.NOW)
