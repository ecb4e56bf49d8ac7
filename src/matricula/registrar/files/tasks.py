"""What workers do for files; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate.contrib.django import app

from matricula.registrar.files.failing import STORAGE_TROUBLES
from matricula.registrar.files.storing import delete_expired_files

log = structlog.get_logger("matricula.files")


@app.periodic(cron="17 * * * *")
@app.task(name="files.delete", queueing_lock="files.delete", lock="files.delete")
def delete_regularly(timestamp: int) -> None:
    """Delete the files whose time is over; when their storage is away, the next time will do."""
    del timestamp
    try:
        deleted = delete_expired_files(at=datetime.now(UTC))
    except STORAGE_TROUBLES as trouble:
        log.warning("files not deleted", exc_info=trouble)
        return
    log.info("files deleted", files=deleted)
