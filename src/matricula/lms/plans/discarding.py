"""Discarding a plan: it is given up, and never applied."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from matricula.lms.kernel.api import Actor
from matricula.lms.plans.applying import PlanNotReady
from matricula.lms.plans.carrying_out import have_alone
from matricula.lms.plans.following import get_plan
from matricula.lms.plans.models import Outcome, Plan
from matricula.lms.rosters.api import stop_planning


def discard_plan(*, uuid: UUID, by: Actor, at: datetime) -> Plan:
    """Give up a plan that is not applied; doing so again changes nothing.

    Raises:
        UnknownPlan: there is none that the actor may know of.
        PermissionMissing: the actor may not write enrollments of the program's organization.
        PlanNotReady: it is applied, being applied, or stale.
    """
    known = get_plan(uuid=uuid, by=by)
    with transaction.atomic():
        plan = have_alone(known)
        if plan.outcome in {Outcome.APPLYING, Outcome.APPLIED, Outcome.STALE}:
            raise PlanNotReady(f"The plan cannot be discarded: it is {plan.outcome}.")
        plan.outcome = Outcome.DISCARDED
        plan.save()
        stop_planning(job=plan.job, at=at)
    return plan
