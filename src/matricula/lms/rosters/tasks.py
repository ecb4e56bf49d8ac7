"""What workers do for rosters; procrastinate finds this module by its name."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

import structlog
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from structlog.contextvars import bound_contextvars

from matricula.lms.rosters.forgetting import forget_jobs
from matricula.lms.rosters.models import JobState
from matricula.lms.rosters.working import JobPaused, end_job, work_off_job

MOST_ATTEMPTS = 10
"""So often a job that meets trouble is taken up before it is given up."""
MOST_LOSSES = 100
"""And so often with workers that were killed or stopped: a job may be what kills them."""
LONGEST_WAIT = 10
MALFUNCTION = "malfunction"
GIVEN_UP = "Something went wrong on our side, again and again; it is logged under the job's id."

log = structlog.get_logger("matricula.roster_job")


class TakeUpAgain(BaseRetryStrategy):
    """A job whose worker stops is taken up at once, one that met trouble after a while."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None."""
        if isinstance(exception, JobAborted):
            return RetryDecision(retry_in={"seconds": 0})
        if _is_last(job):
            return None
        return RetryDecision(retry_in={"seconds": min(job.attempts + 1, LONGEST_WAIT)})


def defer_roster_job(*, uuid: UUID, program_id: int) -> None:
    """Have a job worked off after this transaction, in its turn among those of its program."""
    work_off_roster.configure(lock=f"program:{program_id}").defer(uuid=str(uuid))


@app.task(name="rosters.work_off_roster", pass_context=True, retry=TakeUpAgain())
def work_off_roster(context: JobContext, *, uuid: str) -> None:
    """Work off a job."""

    def work() -> Mapping[str, object] | None:
        job = work_off_job(uuid=UUID(uuid), clock=_now, is_stopping=context.should_abort)
        if job is None:
            return None
        return {"state": job.state, "answered": job.answered, "rows": job.rows}

    work_patiently(context, uuid=uuid, work=work, give_up=lambda: _give_up(UUID(uuid)))


def work_patiently(
    context: JobContext,
    *,
    uuid: str,
    work: Callable[[], Mapping[str, object] | None],
    give_up: Callable[[], None],
) -> None:
    """Work off a job, or leave it to be taken up again; give it up after trouble upon trouble.

    ``work`` says how it stands, for the log.
    """
    with bound_contextvars(roster_job=uuid, attempt=context.job.attempts):
        if context.job.attempts >= MOST_LOSSES:
            log.error("roster job given up")
            give_up()
            return
        log.info("roster job taken up")
        try:
            told = work()
        except JobPaused:
            log.info("roster job left for another worker")
            raise JobAborted from None
        except Exception as error:
            log.exception("malfunction", exc_info=error)
            if _is_last(context.job):
                give_up()
            raise
        if told is not None:
            log.info("roster job left", **told)


@app.periodic(cron="17 * * * *")
@app.task(name="rosters.forget_jobs", queueing_lock="rosters.forget_jobs")
def forget_old_jobs(timestamp: int) -> None:
    """Forget jobs that were finished long ago."""
    del timestamp
    log.info("roster jobs forgotten", count=forget_jobs(at=_now()))


def _give_up(uuid: UUID) -> None:
    end_job(uuid=uuid, state=JobState.FAILED, at=_now(), code=MALFUNCTION, words=GIVEN_UP)


def _is_last(job: Job) -> bool:
    return job.attempts + 1 >= MOST_ATTEMPTS


def _now() -> datetime:
    return datetime.now(UTC)
