"""Working at a job: what its task is given, and what becomes of the job whatever happens.

A task is a function of a ``JobAtWork``, made known by ``working_off("the kind")``. It may be begun
again at any moment, by another worker, after any step: it must do nothing twice.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedJob
from structlog.contextvars import bound_contextvars

from matricula.registrar.accounts.api import actor_of
from matricula.registrar.jobs.kinds import KINDS, Direction
from matricula.registrar.jobs.models import FINAL, NO_RETURN, Job, JobState
from matricula.registrar.jobs.submitting import PERMISSIONS
from matricula.registrar.kernel.api import pacing
from matricula.registrar.partners.api import require_program_permission
from matricula.service.refusals import Refusal, Unavailable

MOST_ATTEMPTS = 10
"""So often a job that meets trouble is taken up before it is given up."""
MOST_TROUBLES = 60
"""And so often one that meets what is unavailable: an app may have a shorter budget."""
MOST_LOSSES = 100
"""And so often with workers that were killed or stopped: a job may be what kills them."""
LONGEST_WAIT = 60
CANCELED, MALFUNCTION = "canceled", "malfunction"
CHANNEL = "jobs"
CANCELED_WORDS = gettext_lazy("It was canceled; what was written before stays.")
GIVEN_UP = "Something went wrong on our side, again and again; it is logged under the job's id."

log = structlog.get_logger("matricula.job")


class JobPaused(Exception):
    """The worker is to stop; the job is not finished, and goes on later."""


class JobWaits(Exception):
    """Somebody must decide before the job goes on: its words say what. Meanwhile it is Pending."""

    def __init__(self, code: str, words: str) -> None:
        """Keep what is told of it."""
        super().__init__(words)
        self.code = code


class JobLeft(Exception):
    """The job was canceled, or another worker has finished it."""


class JobAtWork:
    """A job, for the one who works at it."""

    def __init__(self, job: Job, *, is_stopping: Callable[[], bool]) -> None:
        """Be made by ``work_off_job``."""
        self.job = job
        self._is_stopping = is_stopping

    def require_going_on(self) -> None:
        """Answer with silence if the work is to go on: to be asked between two steps.

        It is the job's sign of life as well.

        Raises:
            JobLeft: somebody has canceled the job, or it is finished.
            JobPaused: the worker is to stop.
        """
        self.require_time()
        alive = Job.objects.filter(pk=self.job.pk).exclude(state__in=FINAL)
        if not self.job.is_past_return:
            alive = alive.filter(cancel_requested_at=None)
        if not alive.update(alive_at=_now()):
            raise JobLeft

    def require_time(self) -> None:
        """Answer with silence unless the worker is to stop. It asks nothing of the database.

        Raises:
            JobPaused: it is.
        """
        if self._is_stopping():
            raise JobPaused

    def pass_no_return(self) -> None:
        """Say that it cannot be stopped any more: what comes next is done elsewhere.

        It is not canceled from now on, and whoever takes it up again has to see how it ended.
        """
        self.note(**{NO_RETURN: True})

    def report(
        self,
        *,
        done: int,
        counts: Mapping[str, int] | None = None,
        total: int | None = None,
    ) -> None:
        """Say how far it has come. In the transaction of what was done, if that is here."""
        said: dict[str, object] = {"done": done, "alive_at": _now()}
        if counts is not None:
            said["counts"] = dict(counts)
        if total is not None:
            said["total"] = total
        Job.objects.filter(pk=self.job.pk).exclude(state__in=FINAL).update(**said)

    def note(self, **facts: object) -> None:
        """Keep facts of its kind among its parameters, for readers and for the next try."""
        self.job.parameters = {**self.job.parameters, **facts}
        unfinished = Job.objects.filter(pk=self.job.pk).exclude(state__in=FINAL)
        unfinished.update(parameters=self.job.parameters)

    def finish(
        self,
        *,
        result_file: str = "",
        text: str = "",
        tally: str = "",
        counts: Mapping[str, int] | None = None,
        failure: Refusal | None = None,
    ) -> None:
        """End the job: well, or with a refusal that leaves its answers to be read."""
        said: dict[str, object] = {"result_file": result_file, "text": text, "tally": tally}
        if counts is not None:
            said["counts"] = dict(counts)
        code, words = (failure.code, str(failure)) if failure else ("", "")
        state = JobState.FAILED if failure else JobState.SUCCEEDED
        _end(self.job.uuid, state, code=code, words=words, said=said)


Work = Callable[[JobAtWork], None]


class _TakeUpAgain(BaseRetryStrategy):
    """A job whose worker stops is taken up at once, one that met trouble after a while."""

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        if isinstance(exception, JobAborted):
            return RetryDecision(retry_in={"seconds": 0})
        most = MOST_TROUBLES if isinstance(exception, Unavailable) else MOST_ATTEMPTS
        if job.attempts + 1 >= most:
            return None
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, LONGEST_WAIT)})


def working_off(kind: str) -> Callable[[Work], Work]:
    """Make the function the work of a kind of job; it stays callable as it is."""

    def make_known(work: Work) -> Work:
        @app.task(name=KINDS[kind].task, pass_context=True, retry=_TakeUpAgain())
        def work_off(context: JobContext, *, job: str) -> None:
            with bound_contextvars(job=job, attempt=context.job.attempts):
                work_off_job(
                    uuid=UUID(job),
                    work=work,
                    is_stopping=context.should_abort,
                    attempts=context.job.attempts,
                )

        return work

    return make_known


def work_off_job(
    *, uuid: UUID, work: Work, is_stopping: Callable[[], bool], attempts: int = 0
) -> None:
    """Do the work of a job, and end it if the work has not: what a worker does with a task.

    Whoever has asked for it must still be permitted to, each time that it is taken up (ADR 0012).
    A refusal ends the job with its words. What is unavailable, and what nobody expected, is tried
    again, ``MOST_ATTEMPTS`` times in all, and the job is Retrying meanwhile.

    Raises:
        JobAborted: the worker is to stop; the job goes on at once, elsewhere.
    """
    if attempts >= MOST_LOSSES:
        _end(uuid, JobState.FAILED, code=MALFUNCTION, words=GIVEN_UP)
        return
    job = _begin(uuid)
    if job is None:
        return
    try:
        at_work = JobAtWork(job, is_stopping=is_stopping)
        _require_beginning(at_work)
        with pacing(at_work.require_time):
            work(at_work)
        _end(uuid, JobState.SUCCEEDED)
    except JobPaused:
        raise JobAborted from None
    except JobWaits as wait:
        _rest(uuid, JobState.PENDING, code=wait.code, words=str(wait))
    except JobLeft:
        _end(uuid, JobState.FAILED, code=CANCELED, words=str(CANCELED_WORDS))
    except Unavailable as trouble:
        _wait(uuid, trouble, is_last=attempts + 1 >= MOST_TROUBLES)
        raise
    except Refusal as refusal:
        _end(uuid, JobState.FAILED, code=refusal.code, words=str(refusal))
    except Exception as error:
        log.exception("malfunction", exc_info=error)
        if attempts + 1 >= MOST_ATTEMPTS:
            _end(uuid, JobState.FAILED, code=MALFUNCTION, words=GIVEN_UP)
        else:
            _rest(uuid, JobState.RETRYING, code=MALFUNCTION)
        raise


def end_waiting_job(*, job: Job, refusal: Refusal) -> bool:
    """End a job that waits for somebody with a refusal, and tell whether it still waited."""
    waiting = Job.objects.filter(pk=job.pk, state=JobState.PENDING.value)
    if not waiting.exists():
        return False
    _end(job.uuid, JobState.FAILED, code=refusal.code, words=str(refusal))
    return True


def _begin(uuid: UUID) -> Job | None:
    unfinished = Job.objects.filter(uuid=uuid).exclude(state__in=FINAL)
    now = _now()
    begun = unfinished.update(
        state=JobState.IN_PROGRESS,
        started_at=Coalesce("started_at", now),
        alive_at=now,
        failure_code="",
        failure="",
    )
    found = Job.objects.select_related("program", "account").filter(uuid=uuid)
    return found.first() if begun else None


def _require_beginning(at_work: JobAtWork) -> None:
    """Answer with silence if the work may be begun, or begun again.

    Raises:
        JobLeft: somebody has canceled the job.
        JobPaused: the worker is to stop.
        PermissionMissing: whoever has asked for it may not do so any more.
    """
    at_work.require_going_on()
    job = at_work.job
    if job.is_past_return:
        return
    by = actor_of(job.account, channel=CHANNEL, request_id=job.request_id)
    permission = PERMISSIONS[Direction(job.direction)]
    require_program_permission(by, permission, program=job.program)


def _wait(uuid: UUID, trouble: Unavailable, *, is_last: bool) -> None:
    log.warning("job meets trouble", reason=trouble.code, is_last=is_last)
    if is_last:
        _end(uuid, JobState.FAILED, code=trouble.code, words=str(trouble))
    else:
        _rest(uuid, JobState.RETRYING, code=trouble.code, words=str(trouble))


def _rest(uuid: UUID, state: JobState, *, code: str, words: str = "") -> None:
    unfinished = Job.objects.filter(uuid=uuid).exclude(state__in=FINAL)
    unfinished.update(state=state, failure_code=code, failure=words)


@transaction.atomic
def _end(
    uuid: UUID,
    state: JobState,
    *,
    code: str = "",
    words: str = "",
    said: Mapping[str, object] | None = None,
) -> None:
    """End a job unless it is ended; its answers so far stay."""
    unfinished = Job.objects.filter(uuid=uuid).exclude(state__in=FINAL)
    ended = unfinished.update(
        state=state, failure_code=code, failure=words, finished_at=_now(), **(said or {})
    )
    if ended:
        log.info("job ended", job=str(uuid), state=state.value, code=code)


def _now() -> datetime:
    return datetime.now(UTC)
