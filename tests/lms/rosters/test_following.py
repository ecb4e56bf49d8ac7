from datetime import timedelta
from uuid import uuid4

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor
from matricula.lms.rosters import reading
from matricula.lms.rosters.api import (
    JobFinished,
    JobState,
    RosterJob,
    UnknownJob,
    cancel_job,
    forget_jobs,
    get_job,
    list_jobs,
    tell_how_far,
)
from matricula.lms.rosters.forgetting import KEPT_FOR
from tests import given
from tests.lms.rosters.submitting import clock, made_job, verdicts, worked_off

pytestmark = pytest.mark.django_db

ROSTER = "student_key,status\nrv-1,enrolled\nrv-2,enrolled\nrv-3,enrolled\n"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 2)


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology")


@pytest.fixture
def registrar() -> Actor:
    return given.holder_of("write")


@pytest.fixture
def stranger() -> Actor:
    return given.holder_of("write", school_key="Hillside", username="stranger")


def test_a_job_is_seen_by_who_reads_the_program(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(ROSTER, program=hydrology, by=registrar)
    reader = given.holder_of("read", username="reader")
    for who in (registrar, reader, given.OPERATOR):
        assert get_job(uuid=job.uuid, by=who) == job
        assert list_jobs(limit=10, by=who) == [job]


def test_a_job_of_another_school_is_not_there(
    hydrology: ProgramOutline, registrar: Actor, stranger: Actor
) -> None:
    job = made_job(ROSTER, program=hydrology, by=registrar)
    with pytest.raises(UnknownJob) as hidden:
        get_job(uuid=job.uuid, by=stranger)
    missing = uuid4()
    with pytest.raises(UnknownJob) as unknown:
        get_job(uuid=missing, by=stranger)
    assert str(hidden.value).replace(str(job.uuid), "") == str(unknown.value).replace(
        str(missing), ""
    )
    with pytest.raises(UnknownJob):
        cancel_job(uuid=job.uuid, by=stranger, at=given.NOW)
    assert list_jobs(limit=10, by=stranger) == []


def test_who_reads_nothing_lists_nothing(registrar: Actor) -> None:
    with pytest.raises(PermissionMissing):
        list_jobs(limit=10, by=given.acting(given.account("nobody")))


def test_jobs_are_listed_the_newest_first_page_by_page(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    other = given.program("geology")
    jobs = [made_job(ROSTER, program=program, by=registrar) for program in (hydrology, other) * 2]
    worked_off(jobs[0])
    newest = list_jobs(limit=3, by=registrar)
    assert newest == jobs[:0:-1]
    assert list_jobs(limit=3, before=newest[-1].pk, by=registrar) == [jobs[0]]
    assert list_jobs(limit=9, program=other, by=registrar) == [jobs[3], jobs[1]]
    done = list_jobs(limit=9, state=JobState.SUCCEEDED, by=registrar)
    assert done == [jobs[0]]


def test_a_pending_job_is_canceled_at_once(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = made_job(ROSTER, program=hydrology, by=registrar)
    canceled = cancel_job(uuid=job.uuid, by=registrar, at=given.NOW)
    assert (canceled.state, canceled.finished_at) == (JobState.CANCELED, given.NOW)
    assert tell_how_far(canceled) == "None of 3 rows is answered and written."
    assert worked_off(job).state == JobState.CANCELED
    assert verdicts(job) == []


def test_canceling_again_changes_nothing(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = made_job(ROSTER, program=hydrology, by=registrar)
    cancel_job(uuid=job.uuid, by=registrar, at=given.NOW)
    again = cancel_job(uuid=job.uuid, by=registrar, at=clock())
    assert (again.state, again.finished_at) == (JobState.CANCELED, given.NOW)


def test_a_finished_job_cannot_be_canceled(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = worked_off(made_job(ROSTER, program=hydrology, by=registrar))
    with pytest.raises(JobFinished, match="succeeded"):
        cancel_job(uuid=job.uuid, by=registrar, at=given.NOW)


def test_who_only_reads_cannot_cancel(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = made_job(ROSTER, program=hydrology, by=registrar)
    with pytest.raises(PermissionMissing):
        cancel_job(uuid=job.uuid, by=given.holder_of("read", username="reader"), at=given.NOW)


def test_finished_jobs_are_forgotten_after_a_while(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    old = worked_off(made_job(ROSTER, program=hydrology, by=registrar))
    waiting = made_job(ROSTER, program=hydrology, by=registrar)
    assert forget_jobs(at=clock() + KEPT_FOR) == 0
    assert forget_jobs(at=clock() + KEPT_FOR + timedelta(seconds=1)) == 1
    assert list(RosterJob.objects.all()) == [waiting]
    assert old not in RosterJob.objects.all()
