"""Weighing an upload before it is sent: one that changes much of a program, somebody approves.

How much it would change is what the LMS says of it in a dry run; that is left out where a file
cannot change so much: it has too few rows, or the program has nobody yet.
"""

from datetime import UTC, datetime
from typing import IO

from django.conf import settings

from matricula.lms_client.api import Lms
from matricula.registrar.jobs.api import JobAtWork, JobWaits
from matricula.registrar.uploads.models import Upload
from matricula.registrar.uploads.reading import UploadKind
from matricula.registrar.uploads.sending import follow_to_end, send_upload

WAITS = "waits-for-approval"
UPDATE = "update"


def require_approved(lms: Lms, upload: Upload, roster: IO[bytes], at_work: JobAtWork) -> None:
    """Answer with silence if an upload may be sent as far as its weight goes.

    Raises:
        JobWaits: it would change too much, and nobody else has approved it yet.
    """
    if upload.approved_at is not None:
        return
    if not upload.is_weighed:
        _weigh(lms, upload, roster, at_work)
        roster.seek(0)
    if not _is_heavy(upload.changed, upload.size):
        return
    if upload.waits_since is None:
        upload.waits_since = datetime.now(UTC)
        upload.save(update_fields=["waits_since"])
    share = 100 * upload.changed / upload.size
    raise JobWaits(
        WAITS,
        f"It would change {upload.changed:,} of the {upload.size:,} enrollments ({share:.0f} %). "
        "Somebody else who may write them has to approve it.",
    )


def _weigh(lms: Lms, upload: Upload, roster: IO[bytes], at_work: JobAtWork) -> None:
    rows = upload.job.total or 0
    upload.is_weighed = True
    if rows >= settings.APPROVAL_ROWS:
        kind = UploadKind(upload.job.kind).of_the_lms
        upload.size = lms.get_digest(upload.job.program.key, kind).rows
        if _is_heavy(rows, upload.size):
            sent = send_upload(lms, upload, roster, dry_run=True)
            ended = follow_to_end(lms, sent, at_work, is_told=False)
            upload.changed = ended.counts.get(UPDATE, 0)
    upload.save(update_fields=["is_weighed", "size", "changed"])


def _is_heavy(changed: int, size: int) -> bool:
    is_many = changed >= settings.APPROVAL_ROWS
    return is_many and size > 0 and 100 * changed > settings.APPROVAL_SHARE * size
