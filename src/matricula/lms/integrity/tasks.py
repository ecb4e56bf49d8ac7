"""What workers do for integrity; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate.contrib.django import app

from matricula.lms.integrity.checking import check_integrity
from matricula.lms.integrity.keeping import keep_check
from matricula.lms.kernel.api import Actor, ActorKind

WORKER = Actor(kind=ActorKind.OPERATOR, key="worker", channel="worker")

log = structlog.get_logger("matricula.integrity")


@app.periodic(cron="17 3 * * *")
@app.task(name="integrity.check_daily", queueing_lock="integrity.check_daily")
def check_daily(timestamp: int) -> None:
    """Look at every invariant once a day, keep what was found, and log what is broken."""
    del timestamp
    began_at = datetime.now(UTC)
    findings = check_integrity(by=WORKER)
    kept = keep_check(findings=findings, by=WORKER, began_at=began_at, at=datetime.now(UTC))
    for each in kept.broken:
        log.error("invariant broken", invariant=each.invariant, rows=each.count, ids=each.ids)
    log.info("integrity checked", invariants=kept.checked, broken=len(kept.broken))
