"""What workers do for copies; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate.contrib.django import app

from matricula.registrar.copies.keeping import keep_copies
from matricula.registrar.kernel.api import Actor, ActorKind
from matricula.service.refusals import Unavailable

OURSELVES = Actor(kind=ActorKind.WORKER, key="copies", channel="copies")

log = structlog.get_logger("matricula.copy")


@app.periodic(cron="5-55/10 * * * *")
@app.task(name="copies.keep", queueing_lock="copies.keep", lock="copies.keep")
def keep_regularly(timestamp: int) -> None:
    """Refresh copies; when the LMS is away, the next time will do."""
    del timestamp
    try:
        counts = keep_copies(by=OURSELVES, at=datetime.now(UTC))
    except Unavailable as trouble:
        log.warning("copies not kept", reason=trouble.code)
        return
    log.info("copies kept", **counts)
