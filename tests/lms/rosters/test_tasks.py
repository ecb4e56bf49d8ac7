import pytest
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job

from matricula.lms.rosters.api import JobState, RosterJob
from matricula.lms.rosters.models import RosterJobChunk
from matricula.lms.rosters.tasks import MOST_ATTEMPTS, MOST_LOSSES, work_off_roster
from tests import given
from tests.lms.rosters.submitting import made_job

pytestmark = pytest.mark.django_db

ROSTER = "student_key,status\nrv-1,enrolled\n"


@pytest.fixture
def job() -> RosterJob:
    return made_job(ROSTER, program=given.program(), by=given.holder_of("write"))


def queued(*, attempts: int = 0) -> Job:
    return Job(
        id=1,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name=work_off_roster.name,
        attempts=attempts,
    )


def taken_up(job: RosterJob, *, attempts: int = 0, reason: AbortReason | None = None) -> None:
    context = JobContext(
        app=app, job=queued(attempts=attempts), abort_reason=lambda: reason, start_timestamp=0
    )
    work_off_roster(context, uuid=str(job.uuid))


def test_a_job_is_worked_off(job: RosterJob) -> None:
    taken_up(job)
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_a_worker_that_stops_leaves_its_job_to_be_taken_up_at_once(job: RosterJob) -> None:
    with pytest.raises(JobAborted) as stopped:
        taken_up(job, reason=AbortReason.SHUTDOWN)
    retry = work_off_roster.get_retry_exception(exception=stopped.value, job=queued(attempts=99))
    assert retry is not None
    job.refresh_from_db()
    assert job.state == JobState.IN_PROGRESS


def test_a_malfunction_is_tried_again_and_at_last_told(job: RosterJob) -> None:
    RosterJobChunk.objects.update(rows=b"no chunk")
    with pytest.raises(Exception, match="decompress") as met:
        taken_up(job)
    assert work_off_roster.get_retry_exception(exception=met.value, job=queued()) is not None
    job.refresh_from_db()
    assert job.state == JobState.IN_PROGRESS

    last = MOST_ATTEMPTS - 1
    with pytest.raises(Exception, match="decompress"):
        taken_up(job, attempts=last)
    again = work_off_roster.get_retry_exception(exception=met.value, job=queued(attempts=last))
    assert again is None
    job.refresh_from_db()
    assert (job.state, job.failure_code) == (JobState.FAILED, "malfunction")
    assert "decompress" not in job.failure


def test_a_job_whose_workers_are_always_lost_is_given_up(job: RosterJob) -> None:
    taken_up(job, attempts=MOST_LOSSES)
    job.refresh_from_db()
    assert (job.state, job.answered) == (JobState.FAILED, 0)


def test_what_is_done_from_time_to_time_is_known_to_workers() -> None:
    known = {each.task.name for each in app.periodic_registry.periodic_tasks.values()}
    assert {
        "rosters.forget_jobs",
        "kept_answers.forget_answers",
        "clients.forget_tokens",
    } <= known
    for name in known:
        app.tasks[name](timestamp=0)
