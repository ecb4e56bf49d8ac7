"""Making a plan of a roster: it is kept whatever its length, and nothing is written."""

from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, NotAllowed, WriteMode
from matricula.lms.plans.models import Plan
from matricula.lms.rosters.api import (
    RosterFile,
    RosterOrder,
    defer_roster_job,
    keep_roster,
    name_ground,
    work_off_job,
)


class NobodyWorksForIt(NotAllowed):
    """So long a plan is worked off later, as the account that made it; the actor has none."""

    code = "nobody-works-for-it"


class PlanLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows are judged, or written, while the caller waits; how long a plan holds."""

    rows_at_once: int
    kept_for: timedelta


def make_plan(
    *,
    file: RosterFile,
    program: ProgramOutline,
    mode: WriteMode,
    limits: PlanLimits,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Plan:
    """Keep a roster, and foresee what it would do with each row; of a long one a worker does.

    All of it is one transaction, and nothing that is enrolled is written.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
        UnreadableRoster, EmptyRoster, MissingColumns, RepeatedColumns, UnexpectedColumn: the file
            is no roster.
        InvalidReason: the reason cannot be kept.
        NobodyWorksForIt: it is long, and the actor has no account.
    """
    order = RosterOrder(mode=mode, is_dry_run=True, reason=reason)
    with transaction.atomic():
        job = keep_roster(file=file, program=program, order=order, by=by, at=at)
        plan = Plan.objects.create(
            job=job,
            made_by=by.name,
            ground=name_ground(job=job, program=program),
            expires_at=at + limits.kept_for,
        )
        if job.rows > limits.rows_at_once:
            require_account(by)
            defer_roster_job(uuid=job.uuid, program_id=program.id)
        else:
            work_off_job(uuid=job.uuid, clock=lambda: at, is_stopping=lambda: False, by=by)
    return Plan.objects.select_related("job__program").get(pk=plan.pk)


def require_account(by: Actor) -> None:
    """Answer with silence if a worker can act as the actor.

    Raises:
        NobodyWorksForIt: it has no account.
    """
    if by.account_id is None:
        raise NobodyWorksForIt("So long a plan is worked off later, and that is an account's.")
