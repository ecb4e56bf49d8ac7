"""Weighing an upload before it is sent: one that changes much of a program, somebody approves.

A file is compared with the copy of the program, and what that says is kept with the job for who
sent it. If the copy is not what the LMS has, or there is none, the LMS is asked in a dry run; that
is left out where a file cannot change so much: it has too few rows, or nobody is there yet.
"""

from datetime import UTC, datetime
from functools import partial
from typing import IO

import msgspec
from django.conf import settings

from matricula.lms_client.api import Lms
from matricula.registrar.accounts.api import actor_of
from matricula.registrar.copies.api import Comparison, CopyTooLarge, compare_upload
from matricula.registrar.jobs.api import Job, JobAtWork, JobWaits
from matricula.registrar.uploads.keeping import keep_missing
from matricula.registrar.uploads.models import Upload
from matricula.registrar.uploads.reading import UploadFile, UploadKind
from matricula.registrar.uploads.sending import follow_to_end, send_upload

WAITS = "waits-for-approval"
UPDATE = "update"
CHANNEL = "jobs"


def weigh_upload(
    lms: Lms, upload: Upload, file: UploadFile, roster: IO[bytes], at_work: JobAtWork
) -> None:
    """Find out how much an upload would change, unless that is known; the LMS changes nothing."""
    if upload.is_weighed or upload.approved_at is not None:
        return
    comparison = compare_with_copy(upload.job, file)
    if comparison is not None:
        at_work.note(comparison=msgspec.to_builtins(comparison))
    if comparison is not None and comparison.is_current:
        upload.changed, upload.size = comparison.changed, comparison.size
    else:
        _ask_lms(lms, upload, roster, at_work)
    upload.is_weighed = True
    upload.save(update_fields=["is_weighed", "size", "changed"])


def require_approved(upload: Upload) -> None:
    """Answer with silence if an upload may be sent as far as its weight goes.

    Raises:
        JobWaits: it would change too much, and nobody else has approved it yet.
    """
    if upload.approved_at is not None or not is_heavy(upload.changed, upload.size):
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


def compare_with_copy(
    job: Job, file: UploadFile, *, is_missing_kept: bool = False
) -> Comparison | None:
    """Say what a job's file would do to the copy of its program; None if it is too large."""
    try:
        return compare_upload(
            program=job.program,
            kind=file.kind.of_the_lms,
            rows=file.list_rows(),
            by=actor_of(job.account, channel=CHANNEL, request_id=job.request_id),
            at=datetime.now(UTC),
            take_missing=partial(keep_missing, job) if is_missing_kept else None,
        )
    except CopyTooLarge:
        return None


def is_heavy(changed: int, size: int) -> bool:
    """Tell whether so many changes take two people."""
    is_many = changed >= settings.APPROVAL_ROWS
    return is_many and size > 0 and 100 * changed > settings.APPROVAL_SHARE * size


def _ask_lms(lms: Lms, upload: Upload, roster: IO[bytes], at_work: JobAtWork) -> None:
    rows, kind = upload.job.total or 0, UploadKind(upload.job.kind).of_the_lms
    if rows < settings.APPROVAL_ROWS:
        return
    upload.size = lms.get_digest(upload.job.program.key, kind).rows
    if is_heavy(rows, upload.size):
        sent = send_upload(lms, upload, roster, dry_run=True)
        ended = follow_to_end(lms, sent, at_work, is_told=False)
        upload.changed = ended.counts.get(UPDATE, 0)
        roster.seek(0)
