"""What workers do for the catalog; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate.contrib.django import app

from matricula.registrar.catalog.recalling import OURSELVES
from matricula.registrar.catalog.syncing import sync_catalog
from matricula.service.refusals import Unavailable

log = structlog.get_logger("matricula.catalog")


@app.periodic(cron="*/10 * * * *")
@app.task(name="catalog.sync", queueing_lock="catalog.sync", lock="catalog.sync")
def sync_regularly(timestamp: int) -> None:
    """Bring the catalog; when the LMS is away, the next time will do."""
    del timestamp
    try:
        synced = sync_catalog(by=OURSELVES, at=datetime.now(UTC))
    except Unavailable as trouble:
        log.warning("catalog not brought", reason=trouble.code)
        return
    log.info("catalog brought", programs=synced.programs, changed=synced.changed)
