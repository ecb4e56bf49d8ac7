"""Applying a plan, or throwing it away: what somebody decides who has seen it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.registrar.jobs.api import Job, UnknownJob, submit_job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, require_program_permission
from matricula.registrar.uploads.approving import BECAUSE_LENGTH, OwnUpload
from matricula.registrar.uploads.following import CHANGING, is_over
from matricula.registrar.uploads.models import Plan, PlanState, Upload
from matricula.service.refusals import Conflict, Invalid

UNDO = "undo_enrollments"
WORDS = {
    PlanState.PLANNING: gettext_lazy("This plan is not made yet."),
    PlanState.STALE: gettext_lazy("Something has changed since this plan was made. Plan again."),
    PlanState.DISCARDED: gettext_lazy("This plan was thrown away."),
    PlanState.TAKEN: gettext_lazy("This plan is applied already."),
}


class PlanNotReady(Conflict):
    """The plan cannot be applied: it is not made, or its state says why."""

    code = "plan-not-ready"


class PlanExpired(Conflict):
    """The plan is too old to be applied."""

    code = "plan-expired"


class NothingToApply(Conflict):
    """The plan would change nothing."""

    code = "nothing-to-apply"


class BecauseMissing(Invalid):
    """Whoever rejects what others have planned says why, for them to read."""

    code = "because-missing"


def apply_plan(*, uuid: UUID, by: Actor, at: datetime) -> Job:
    """Have exactly that done which a plan shows, and return the job that does it.

    Asked for again, it is the same job. What is done is found out when it is done: if anything is
    no longer as planned, nothing is.

    Raises:
        JobInProgress: another job writes to the program.
        NothingToApply, PlanExpired, PlanNotReady: the plan is not one to be applied.
        OwnUpload: it changes so much that somebody else has to apply it.
        PermissionMissing: the actor may not write the program's enrollments.
        UnknownJob: there is no such plan.
    """
    with transaction.atomic():
        plan = _take(uuid, by)
        if plan.state == PlanState.TAKEN:
            return Upload.objects.select_related("job__program").get(plan=plan).job
        _require_applicable(plan, by, at)
        made = plan.job
        job = submit_job(
            kind=UNDO if plan.is_undo else plan.kind,
            program=made.program,
            by=by,
            at=at,
            parameters={"plan": str(made.uuid), "reason": plan.reason},
            input_file=made.input_file,
            total=made.total,
        )
        second = {"approved_at": at, "approved_by_id": by.account_id} if plan.waits_since else {}
        Upload.objects.create(job=job, plan=plan, **second)
        plan.state, plan.waits_since = PlanState.TAKEN, None
        plan.save(update_fields=["state", "waits_since"])
    return job


def discard_plan(*, uuid: UUID, by: Actor, at: datetime, because: str = "") -> Plan:
    """Throw a plan away that nobody has applied, and return it; nothing of it was done.

    Raises:
        BecauseMissing: it is somebody else's that waits for a second person (ADR 0029).
        PermissionMissing: the actor may not write the program's enrollments.
        PlanNotReady: it is applied, or was thrown away before.
        UnknownJob: there is no such plan.
    """
    with transaction.atomic():
        plan = _take(uuid, by)
        if plan.state not in {PlanState.READY, PlanState.STALE}:
            raise PlanNotReady(str(WORDS[PlanState(plan.state)]))
        _require_because(plan, because, by)
        plan.state, plan.discarded_at = PlanState.DISCARDED, at
        plan.discarded_by_id, plan.discarded_because = by.account_id, because[:BECAUSE_LENGTH]
        plan.waits_since = None
        plan.save()
    return plan


def _take(uuid: UUID, by: Actor) -> Plan:
    plans = Plan.objects.select_related("job__program").select_for_update(of=("self",))
    plan = plans.filter(job__uuid=uuid).first()
    if plan is None:
        raise UnknownJob(_("There is no plan %(uuid)s.") % {"uuid": uuid})
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=plan.job.program)
    return plan


def _require_because(plan: Plan, because: str, by: Actor) -> None:
    is_own = plan.job.account_id == by.account_id
    if plan.waits_since is not None and not is_own and not because.strip():
        raise BecauseMissing(_("Say why, for whoever has sent it."))


def _require_applicable(plan: Plan, by: Actor, at: datetime) -> None:
    if plan.state != PlanState.READY:
        raise PlanNotReady(str(WORDS[PlanState(plan.state)]))
    if is_over(plan, at=at):
        raise PlanExpired(_("This plan is too old to be applied. Plan again."))
    if not any(plan.job.counts.get(each) for each in CHANGING):
        raise NothingToApply(_("This plan would change nothing."))
    if plan.waits_since is not None and plan.job.account_id == by.account_id:
        raise OwnUpload(_("It changes so much that somebody else has to apply it."))
