"""Applying a plan: at once, or by a worker; it is done once, however often it is asked for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from matricula.lms.kernel.api import Actor, Conflict
from matricula.lms.plans.carrying_out import carry_out, have_alone
from matricula.lms.plans.following import get_plan
from matricula.lms.plans.making import require_account
from matricula.lms.plans.models import Outcome, Plan, PlanState
from matricula.lms.plans.tasks import defer_plan


class PlanNotReady(Conflict):
    """The plan cannot be applied: it is not made yet, failed, was given up, or is too old."""

    code = "plan-not-ready"


class PlanStale(Conflict):
    """Something has moved since the plan was made; ``plan`` says what."""

    code = "plan-stale"

    def __init__(self, plan: Plan) -> None:
        """Keep the plan."""
        self.plan = plan
        super().__init__(tell_moved(plan))


def tell_moved(plan: Plan) -> str:
    """Say in words why a stale plan is."""
    if not plan.moved_count:
        return (
            "The catalog has changed since this was planned: the program's mode, its active "
            "curriculum, or what a course is called. Nothing is written; make a new plan."
        )
    rows = "row is" if plan.moved_count == 1 else "rows are"
    return (
        f"{plan.moved_count:,} {rows} no longer what was planned. "
        "Nothing is written; make a new plan."
    )


def apply_plan(*, uuid: UUID, rows_at_once: int, by: Actor, at: datetime) -> Plan:
    """Do what a plan shows, or nothing. A longer one than ``rows_at_once`` is left to a worker.

    However often and by whoever it is asked for, it is done once, and the answer is the same.

    Raises:
        UnknownPlan: there is none that the actor may know of.
        PermissionMissing: the actor may not write enrollments of the program's organization.
        PlanStale: rows are no longer what it was made for, now or when it was tried before.
        PlanNotReady: it is none that can be applied.
        NobodyWorksForIt: it is long, and the actor has no account.
    """
    known = get_plan(uuid=uuid, by=by)
    with transaction.atomic():
        plan = have_alone(known)
        if plan.state_at(at) is PlanState.READY:
            _note_who(plan, by=by, at=at)
            if plan.job.rows > rows_at_once:
                _leave_to_worker(plan, by)
            else:
                carry_out(plan, by=by, at=at, keep_going=lambda: None)
    if plan.outcome == Outcome.STALE:
        raise PlanStale(plan)
    if plan.outcome not in {Outcome.APPLIED, Outcome.APPLYING}:
        raise PlanNotReady(f"The plan cannot be applied: it is {plan.state_at(at)}.")
    return plan


def _leave_to_worker(plan: Plan, by: Actor) -> None:
    require_account(by)
    plan.outcome = Outcome.APPLYING
    plan.save()
    defer_plan(uuid=plan.job.uuid, program_id=plan.job.program_id)


def _note_who(plan: Plan, *, by: Actor, at: datetime) -> None:
    plan.apply_asked_at = at
    plan.applied_by, plan.applied_channel = by.name, by.channel
    plan.applied_request_id = by.request_id
