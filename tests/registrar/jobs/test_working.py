"""What becomes of a job, whatever happens to its work."""

import pytest
from procrastinate.exceptions import JobAborted

from matricula.registrar.jobs.api import JobAtWork, JobState, cancel_job
from matricula.registrar.jobs.working import MOST_ATTEMPTS, MOST_LOSSES, MOST_TROUBLES
from matricula.registrar.kernel.api import LmsIsUnreachable
from matricula.service.refusals import Invalid
from tests.registrar import given
from tests.registrar.jobs.working_at import (
    DOWNLOAD,
    never,
    registrar,
    submitted,
    well,
    worked_off,
)

pytestmark = pytest.mark.django_db


class Unfit(Invalid):
    code = "unfit"


def away(at_work: JobAtWork) -> None:
    at_work.report(done=1)
    raise LmsIsUnreachable("The LMS cannot be reached.")


def broken(at_work: JobAtWork) -> None:
    del at_work
    raise ZeroDivisionError


def test_work_that_goes_well_ends_the_job() -> None:
    job = worked_off(submitted(registrar()), well)
    assert (job.state, job.text, job.result_file) == (JobState.SUCCEEDED, "200", "results/x.csv")
    assert (job.done, job.total, job.counts) == (3, 3, {"created": 3})
    assert job.words == "program enrollment upload (3 of 3 rows applied)"
    assert job.finished_at is not None
    assert job.started_at is not None


def test_a_job_that_has_ended_is_not_done_again() -> None:
    job = worked_off(submitted(registrar()), well)
    assert worked_off(job, never).state == JobState.SUCCEEDED


def test_a_refusal_ends_it_with_its_words() -> None:
    def unfit(at_work: JobAtWork) -> None:
        raise Unfit("The file is none.")

    job = worked_off(submitted(registrar()), unfit)
    assert (job.state, job.failure_code, job.failure) == (
        JobState.FAILED,
        "unfit",
        "The file is none.",
    )


def test_whoever_asked_for_it_must_still_be_permitted_to() -> None:
    job = submitted(registrar(), kind=DOWNLOAD)
    given.take_all_roles("registrar")
    ended = worked_off(job, never)
    assert (ended.state, ended.failure_code) == (JobState.FAILED, "permission-missing")


def test_a_failure_may_leave_its_answers() -> None:
    def partly(at_work: JobAtWork) -> None:
        at_work.finish(result_file="results/part.csv", failure=Unfit("Line 3 is cut short."))

    job = worked_off(submitted(registrar()), partly)
    assert (job.state, job.result_file) == (JobState.FAILED, "results/part.csv")
    assert job.failure == "Line 3 is cut short."


def test_an_lms_that_is_away_is_waited_for_and_at_last_told() -> None:
    job = submitted(registrar())
    with pytest.raises(LmsIsUnreachable):
        worked_off(job, away)
    assert (job.state, job.failure_code, job.done) == (JobState.RETRYING, "lms-unreachable", 1)
    with pytest.raises(LmsIsUnreachable):
        worked_off(job, away, attempts=MOST_TROUBLES - 1)
    assert (job.state, job.failure) == (JobState.FAILED, "The LMS cannot be reached.")


def test_what_went_wrong_before_is_forgotten_when_it_goes_well() -> None:
    job = submitted(registrar())
    with pytest.raises(LmsIsUnreachable):
        worked_off(job, away)
    assert (worked_off(job, well).failure_code, job.failure) == ("", "")


def test_a_malfunction_is_tried_again_and_at_last_told_without_its_words() -> None:
    job = submitted(registrar())
    with pytest.raises(ZeroDivisionError):
        worked_off(job, broken)
    assert job.state == JobState.RETRYING
    with pytest.raises(ZeroDivisionError):
        worked_off(job, broken, attempts=MOST_ATTEMPTS - 1)
    assert (job.state, job.failure_code) == (JobState.FAILED, "malfunction")
    assert "Zero" not in job.failure


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    job = worked_off(submitted(registrar()), never, attempts=MOST_LOSSES)
    assert (job.state, job.failure_code) == (JobState.FAILED, "malfunction")


def test_a_worker_that_stops_leaves_the_job_to_another() -> None:
    job = submitted(registrar())
    with pytest.raises(JobAborted):
        worked_off(job, well, is_stopping=True)
    assert job.state == JobState.IN_PROGRESS
    assert worked_off(job, well).state == JobState.SUCCEEDED


def test_one_that_is_canceled_while_it_is_worked_at_stops_at_the_next_step() -> None:
    by = registrar()
    job = submitted(by)

    def meanwhile_canceled(at_work: JobAtWork) -> None:
        at_work.report(done=1)
        cancel_job(uuid=job.uuid, by=by, at=at_work.job.created_at)
        well(at_work)

    worked_off(job, meanwhile_canceled)
    assert (job.state, job.failure_code, job.done) == (JobState.FAILED, "canceled", 1)
