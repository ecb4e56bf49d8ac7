"""What workers do for uploads; procrastinate finds this module by its name."""

from datetime import UTC, datetime

import structlog
from procrastinate.contrib.django import app

from matricula.registrar.jobs.api import working_off
from matricula.registrar.uploads import applying, planning
from matricula.registrar.uploads.carrying_out import carry_out_upload
from matricula.registrar.uploads.foretelling import foretell
from matricula.registrar.uploads.keeping import delete_expired_rows
from matricula.registrar.uploads.reading import UploadKind

log = structlog.get_logger("matricula.uploads")

for kind in (*UploadKind, applying.UNDO):
    working_off(kind)(carry_out_upload)
for kind_of_plan in (*planning.JOB_KINDS.values(), planning.UNDO):
    working_off(kind_of_plan)(foretell)


@app.periodic(cron="23 * * * *")
@app.task(name="uploads.delete", queueing_lock="uploads.delete", lock="uploads.delete")
def delete_regularly(timestamp: int) -> None:
    """Delete the rows whose time is over."""
    del timestamp
    log.info("rows deleted", chunks=delete_expired_rows(at=datetime.now(UTC)))
