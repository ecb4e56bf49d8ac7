"""Planning: what a file, or taking one back, would do, before anybody does it (ADR 0028).

A plan is made by a job that writes nothing, and so holds up nobody. It waits until somebody
applies it, throws it away, or its time is over; how it stands is in its row, not in its job.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import IO
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from matricula.registrar.files.api import get_file
from matricula.registrar.jobs.api import Job, JobState, require_no_writer, submit_job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_program_permission
from matricula.registrar.uploads.following import get_plan, get_upload, is_over, may_undo
from matricula.registrar.uploads.models import Plan, PlanState, Upload
from matricula.registrar.uploads.reading import UploadKind
from matricula.registrar.uploads.receiving import receive_file
from matricula.service.refusals import Conflict

JOB_KINDS = {
    UploadKind.PROGRAM: "plan_program_enrollments",
    UploadKind.COURSE: "plan_course_run_enrollments",
}
UNDO = "plan_undo"
NAME_LENGTH = 255
REASON_LENGTH = 1_000


class NothingToUndo(Conflict):
    """The upload has written nothing, or what it wrote cannot be told any more."""

    code = "nothing-to-undo"


def plan_upload(
    *,
    program: Program,
    kind: UploadKind | None,
    file: IO[bytes],
    by: Actor,
    at: datetime,
    name: str = "",
    reason: str = "",
) -> Job:
    """Store a file and have the LMS asked what it would do, and return the job that asks.

    Without a kind, the file's columns tell it.

    Raises:
        EmptyUpload, MissingColumns, RepeatedColumns, UnreadableRoster: nobody can read it.
        JobInProgress: a job writes to the program: a plan would be stale when it is made.
        NoRoomForFile: it cannot be stored.
        PermissionMissing: the actor may not write the program's enrollments.
    """
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=program)
    require_no_writer(program=program)
    received = receive_file(program=program, kind=kind, file=file, at=at)
    return _submit(
        Plan(kind=received.kind.value, name=name[:NAME_LENGTH], reason=reason[:REASON_LENGTH]),
        program=program,
        kind=JOB_KINDS[received.kind],
        parameters=received.parameters,
        input_file=received.stored.name,
        total=received.total,
        by=by,
        at=at,
    )


def plan_again(*, uuid: UUID, by: Actor, at: datetime) -> Job:
    """Have the same file, or the same undo, planned as things are now, and return the job.

    Raises:
        FileGone: it is no longer kept.
        JobInProgress: a job writes to the program.
        PermissionMissing: the actor may not write the program's enrollments.
        UnknownJob: there is no such plan.
    """
    plan = get_plan(uuid=uuid, by=by)
    before = plan.job
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=before.program)
    require_no_writer(program=before.program)
    if plan.undoes is not None:
        return plan_undo(uuid=plan.undoes.job.uuid, reason=plan.reason, by=by, at=at)
    get_file(name=before.input_file)
    return _submit(
        Plan(kind=plan.kind, name=plan.name, reason=plan.reason),
        program=before.program,
        kind=before.kind,
        parameters={key: before.parameters.get(key) for key in ("sha256", "bytes")},
        input_file=before.input_file,
        total=before.total,
        by=by,
        at=at,
    )


@transaction.atomic
def plan_undo(*, uuid: UUID, by: Actor, at: datetime, reason: str = "") -> Job:
    """Have the LMS asked what taking an upload back would do, and return the job that asks.

    An undo is an upload as well, and can be undone. While one is planned or ready, it is returned.

    Raises:
        JobInProgress: a job writes to the program.
        NothingToUndo: the upload has written nothing.
        PermissionMissing: the actor may not write the program's enrollments.
        UnknownJob: there is no such upload.
    """
    upload = get_upload(uuid=uuid, by=by)
    program = upload.job.program
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=program)
    require_no_writer(program=program)
    Upload.objects.select_for_update().get(pk=upload.pk)
    if (pending := _find_pending_undo(upload, at)) is not None:
        return pending
    if not may_undo(upload):
        raise NothingToUndo(_("This upload has written nothing that could be taken back."))
    return _submit(
        Plan(
            kind=upload.plan.kind if upload.plan else upload.job.kind,
            reason=reason[:REASON_LENGTH],
            undoes=upload,
        ),
        program=program,
        kind=UNDO,
        by=by,
        at=at,
    )


@transaction.atomic
def _submit(
    plan: Plan,
    *,
    program: Program,
    kind: str,
    by: Actor,
    at: datetime,
    parameters: Mapping[str, object] | None = None,
    input_file: str = "",
    total: int | None = None,
) -> Job:
    plan.job = submit_job(
        kind=kind,
        program=program,
        by=by,
        at=at,
        parameters={**(parameters or {}), "reason": plan.reason},
        input_file=input_file,
        total=total,
        uuid=uuid4(),
    )
    plan.save(force_insert=True)
    return plan.job


def _find_pending_undo(upload: Upload, at: datetime) -> Job | None:
    undos = Plan.objects.select_related("job__program").filter(undoes=upload)
    for undo in undos.order_by("-job_id"):
        is_open = undo.state == PlanState.READY and not is_over(undo, at=at)
        is_made = undo.state == PlanState.PLANNING and not JobState(undo.job.state).is_final
        if is_open or is_made:
            return undo.job
    return None
