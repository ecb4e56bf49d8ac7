"""Explaining one seat: why a learner is in a course run or is not, as a sentence and as data."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.course_enrollments.api import Grant, list_seats
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.learners.picturing import (
    KnownIdentity,
    list_known_identities,
    reason_to_wait,
)


class ExplainedGrant(msgspec.Struct, frozen=True):
    """A grant, and in words why it gives no seat if it gives none. A direct one has no program."""

    program: str | None
    program_status: str | None
    is_active: bool
    mode: str
    effective: bool
    reason: str


class SeatExplanation(msgspec.Struct, frozen=True):
    """Whether a learner is in a course run, in which mode, and why; ``mode`` is None if not.

    ``open_conflicts`` counts the refused claims that the learner is a side of; None for somebody
    who may not see those.
    """

    course_run: str
    is_active: bool
    mode: str | None
    sentence: str
    grants: tuple[ExplainedGrant, ...]
    open_conflicts: int | None


CONFLICTS = """
SELECT count(*)
FROM binding_conflict c
JOIN identity i ON i.id = c.identity_id
WHERE c.resolved_at IS NULL
  AND (c.identity_id = ANY(%(identity_ids)s)
       OR c.holder_id = %(account_id)s OR c.claimant_id = %(account_id)s)
  AND (%(everywhere)s OR i.organization_id = ANY(%(organization_ids)s::bigint[]))
"""


def explain_seat(*, learner: Learner, course_run: str, by: Actor) -> SeatExplanation:
    """Return why the learner is in the course run of that key or is not, as far as the actor sees.

    The sentence names no person. Three queries after the permissions at most.
    """
    identities = list_known_identities(learner, by=by)
    seats = list_seats(identity_ids=[identity.id for identity in identities])
    seat = next((seat for seat in seats if seat.course_run == course_run), None)
    why_not = reason_to_wait(identities)
    grants = [] if seat is None else [_explain(grant, why_not) for grant in seat.grants]
    is_active = any(grant.effective for grant in grants)
    mode = seat.mode if seat is not None and is_active else None
    return SeatExplanation(
        course_run=course_run,
        is_active=is_active,
        mode=mode,
        sentence=_say(course_run, mode, grants, why_not),
        grants=tuple(grants),
        open_conflicts=_count_conflicts(learner, identities, by=by),
    )


def _explain(grant: Grant, why_not: str) -> ExplainedGrant:
    reason = "; ".join(part for part in (grant.reason, why_not) if part)
    return ExplainedGrant(
        program=grant.program,
        program_status=grant.program_status,
        is_active=grant.is_active,
        mode=grant.mode,
        effective=not reason,
        reason=reason,
    )


def _say(course_run: str, mode: str | None, grants: Sequence[ExplainedGrant], why_not: str) -> str:
    if not grants:
        return f"Not in {course_run}: nobody has enrolled the learner in this course run."
    if mode is None:
        return f"Not in {course_run}: {_say_why_not(grants, why_not)}."
    givers = "; ".join(_say_giver(grant) for grant in grants if grant.effective)
    return f"The learner is in {course_run} in mode {mode}: {givers}."


def _say_giver(grant: ExplainedGrant) -> str:
    if grant.program is None:
        return f"a direct enrollment gives it in mode {grant.mode}"
    return f"program {grant.program} gives it in mode {grant.mode} (status {grant.program_status})"


def _say_why_not(grants: Sequence[ExplainedGrant], why_not: str) -> str:
    """Let waiting say it all; else each grant says its own reason."""
    if why_not and any(grant.reason == why_not for grant in grants):
        return why_not
    through = (
        f"{grant.reason} ({'directly' if grant.program is None else f'program {grant.program}'})"
        for grant in grants
    )
    return "; ".join(through)


def _count_conflicts(
    learner: Learner, identities: Sequence[KnownIdentity], *, by: Actor
) -> int | None:
    permitted = list_permitted_organizations(by, Permission.IDENTITIES_LINK)
    if permitted is not None and not permitted:
        return None
    params: dict[str, Any] = {
        "identity_ids": [identity.id for identity in identities],
        "account_id": learner.account_id,
        "everywhere": permitted is None,
        "organization_ids": sorted(permitted or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(CONFLICTS, params)
        return int(cursor.fetchone()[0])
