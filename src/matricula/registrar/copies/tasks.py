"""What workers do for copies; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from matricula.registrar.copies.granting import grant_wishes
from matricula.registrar.copies.keeping import keep_copies
from matricula.registrar.copies.wishing import TASK
from matricula.registrar.kernel.api import Actor, ActorKind, pacing
from matricula.service.refusals import Unavailable

OURSELVES = Actor(kind=ActorKind.WORKER, key="copies", channel="copies")

log = structlog.get_logger("matricula.copy")


@app.periodic(cron="5-55/10 * * * *")
@app.task(name="copies.keep", queueing_lock="copies.keep", lock="copies.keep", pass_context=True)
def keep_regularly(context: JobContext, timestamp: int) -> None:
    """Refresh copies; when the LMS is away, or the worker is to stop, the next time will do."""
    del timestamp
    try:
        with pacing(lambda: _require_time(context)):
            counts = keep_copies(by=OURSELVES, at=datetime.now(UTC))
    except Unavailable as trouble:
        log.warning("copies not kept", reason=trouble.code)
        return
    log.info("copies kept", **counts)


@app.periodic(cron="*/10 * * * *")
@app.task(name=TASK, queueing_lock=TASK, lock=TASK, pass_context=True)
def grant_all_wishes(context: JobContext, timestamp: int = 0) -> None:
    """Grant wishes for copies as they come; those of a worker that was lost, from time to time."""
    del timestamp
    with pacing(lambda: _require_time(context)):
        granted = grant_wishes(by=OURSELVES, is_stopping=context.should_abort)
    log.info("wishes for copies granted", granted=granted)


def _require_time(context: JobContext) -> None:
    if context.should_abort():
        raise JobAborted
