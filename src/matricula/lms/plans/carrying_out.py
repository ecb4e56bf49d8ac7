"""Carrying out a plan: what it shows is done, all of it and exactly so, or nothing is.

In one transaction, under the lock of the program, every row is judged again and compared with what
the plan says. Whatever was there before and is something else now makes the plan stale for good.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.kernel.api import Actor, ActorKind, Foreseen, Lock, Refusal, lock_until_commit
from matricula.lms.ledger.api import collecting_change_sets
from matricula.lms.plans.following import program_of
from matricula.lms.plans.models import Outcome, Plan
from matricula.lms.plans.putting_back import put_back_as_planned
from matricula.lms.rosters.api import (
    KeepGoing,
    Moved,
    name_ground,
    tell_applied,
    write_as_planned,
)


def apply_as_asked(*, plan: Plan, clock: Callable[[], datetime], keep_going: KeepGoing) -> Plan:
    """Do what a plan shows that somebody has asked for, as a worker; once, if two are at it.

    A refusal ends it as failed. What ``keep_going`` raises leaves it to be taken up again.
    """
    with transaction.atomic():
        fresh = have_alone(plan)
        if fresh.outcome != Outcome.APPLYING:
            return fresh
        try:
            with transaction.atomic():
                carry_out(fresh, by=_asker_of(fresh), at=clock(), keep_going=keep_going)
        except Refusal as refusal:
            _fail(fresh, code=refusal.code, words=str(refusal))
        return fresh


def give_up_plan(*, plan: Plan, code: str, words: str) -> None:
    """End a plan that is being applied as failed; nothing of it is written."""
    with transaction.atomic():
        fresh = have_alone(plan)
        if fresh.outcome == Outcome.APPLYING:
            _fail(fresh, code=code, words=words)


def have_alone(plan: Plan) -> Plan:
    """Keep others from a plan until the transaction ends, and return how it stands."""
    lock_until_commit(Lock.ROSTER_JOB, [plan.pk])
    Plan.objects.select_for_update(no_key=True).get(
        pk=plan.pk
    )  # by itself: then the rest is fresh
    return Plan.objects.select_related("job__program").get(pk=plan.pk)


def carry_out(plan: Plan, *, by: Actor, at: datetime, keep_going: KeepGoing) -> None:
    """Write what the plan shows and note that it is applied, or write nothing and note it stale.

    Within the caller's transaction, which has the plan alone.
    """
    program = program_of(plan)
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    write = put_back_as_planned if plan.is_undo else write_as_planned
    moved = Moved()
    is_ground_same = plan.is_undo or plan.ground == name_ground(job=plan.job, program=program)
    with collecting_change_sets() as change_sets, transaction.atomic():
        if is_ground_same:
            moved = write(job=plan.job, program=program, by=by, at=at, keep_going=keep_going)
        transaction.set_rollback(bool(moved.count))
    if is_ground_same and not moved.count:
        plan.outcome, plan.applied_at = Outcome.APPLIED, at
        plan.job = tell_applied(job=plan.job, change_sets=change_sets)
    else:
        plan.outcome, plan.moved_count = Outcome.STALE, moved.count
        plan.moved = [
            {"line": row.line, "planned": _stand(row.planned), "now": _stand(row.now)}
            for row in moved.first
        ]
    plan.save()


def _asker_of(plan: Plan) -> Actor:
    key = plan.applied_by.removeprefix(f"{ActorKind.ACCOUNT}:")
    return Actor(
        kind=ActorKind.ACCOUNT,
        key=key,
        channel=plan.applied_channel,
        account_id=int(key),
        request_id=plan.applied_request_id,
    )


def _fail(plan: Plan, *, code: str, words: str) -> None:
    plan.outcome, plan.failure_code, plan.failure = Outcome.FAILED, code, words
    plan.save()


def _stand(foreseen: Foreseen) -> dict[str, Any]:
    judged = foreseen.judgement
    return {"action": judged.action, "verdict": judged.verdict, "before": foreseen.before}
