"""Approving uploads: what would change much of a program takes two people."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from matricula.registrar.jobs.api import Job, JobState, UnknownJob, end_waiting_job, queue_job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_program_permission
from matricula.registrar.uploads.models import Upload
from matricula.service.refusals import Conflict, NotAllowed, Refusal

BECAUSE_LENGTH = 1_000


class OwnUpload(NotAllowed):
    """Nobody approves an upload of their own."""

    code = "own-upload"


class UploadNotWaiting(Conflict):
    """The upload does not wait for anybody, or no longer."""

    code = "upload-not-waiting"


class UploadRejected(Refusal):
    """Somebody else who may write to the program does not want it."""

    code = "rejected"


def list_waiting_uploads(*, program: Program, by: Actor) -> list[Job]:
    """Return the jobs of a program that wait to be approved, the oldest first.

    Raises:
        PermissionMissing: the actor may not write the program's enrollments.
    """
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=program)
    waiting = _waiting().filter(job__program=program)
    return [upload.job for upload in waiting.order_by("job_id")]


def approve_upload(*, uuid: UUID, by: Actor, at: datetime) -> Job:
    """Have an upload go on that waits for it, and return its job.

    Raises:
        OwnUpload: the actor has sent it.
        PermissionMissing: the actor may not write the program's enrollments.
        UnknownJob, UploadNotWaiting: there is none that waits.
    """
    with transaction.atomic():
        upload = _take(uuid, by)
        upload.approved_at, upload.approved_by_id = at, by.account_id
        upload.waits_since = None
        upload.save(update_fields=["approved_at", "approved_by", "waits_since"])
        queue_job(upload.job)
    return upload.job


def reject_upload(*, uuid: UUID, by: Actor, because: str = "") -> Job:
    """End an upload that waits to be approved, and return its job; nothing of it was sent.

    Raises:
        OwnUpload: the actor has sent it; they can cancel it.
        PermissionMissing: the actor may not write the program's enrollments.
        UnknownJob, UploadNotWaiting: there is none that waits.
    """
    with transaction.atomic():
        upload = _take(uuid, by)
        words = _("Somebody else who may write to the program has rejected it. Nothing was sent.")
        if because:
            words = _(
                "Somebody else who may write to the program has rejected it. Nothing was sent. "
                "Their reason: %(because)s"
            ) % {"because": because[:BECAUSE_LENGTH]}
        end_waiting_job(job=upload.job, refusal=UploadRejected(words))
    upload.job.refresh_from_db()
    return upload.job


def _take(uuid: UUID, by: Actor) -> Upload:
    uploads = Upload.objects.select_related("job__program").select_for_update(of=("self",))
    upload = uploads.filter(job__uuid=uuid).first()
    if upload is None:
        raise UnknownJob(_("There is no upload %(uuid)s.") % {"uuid": uuid})
    job = upload.job
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=job.program)
    if job.account_id == by.account_id:
        raise OwnUpload(_("Somebody else has to decide on your upload."))
    if upload.waits_since is None or job.state != JobState.PENDING:
        raise UploadNotWaiting(_("This upload does not wait to be approved."))
    return upload


def _waiting() -> QuerySet[Upload]:
    found = Upload.objects.select_related("job__program")
    return found.filter(waits_since__isnull=False, job__state=JobState.PENDING.value)
