"""Explaining one seat: why a learner is in a course run or is not, as data and as a sentence."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.course_enrollments.api import (
    REASONS,
    Grant,
    Hindrance,
    list_seats,
    say_reason,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.learners.picturing import (
    KnownIdentity,
    find_hindrance,
    list_known_identities,
)


class ExplainedGrant(msgspec.Struct, frozen=True):
    """A grant, and why it gives no seat if it gives none. A direct one has no program."""

    program: str | None
    program_status: str | None
    is_active: bool
    mode: str
    hindrances: tuple[Hindrance, ...]

    @property
    def effective(self) -> bool:
        """Whether it gives the seat."""
        return not self.hindrances

    @property
    def reason(self) -> str:
        """Why it gives none, in the words of the API."""
        return say_reason(self.hindrances)


class SeatExplanation(msgspec.Struct, frozen=True):
    """Whether a learner is in a course run, in which mode, and why; ``mode`` is None if not.

    ``hindrance`` is why nothing at all can give the seat. ``open_conflicts`` counts the refused
    claims that the learner is a side of; None for somebody who may not see those.
    """

    course_run: str
    is_active: bool
    mode: str | None
    hindrance: Hindrance | None
    grants: tuple[ExplainedGrant, ...]
    open_conflicts: int | None

    @property
    def sentence(self) -> str:
        """All of it in a sentence of the API, which names no person."""
        return _say(self)


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

    Three queries after the permissions at most.
    """
    identities = list_known_identities(learner, by=by)
    seats = list_seats(identity_ids=[identity.id for identity in identities])
    seat = next((seat for seat in seats if seat.course_run == course_run), None)
    hindered = find_hindrance(identities)
    grants = () if seat is None else tuple(_explain(grant, hindered) for grant in seat.grants)
    is_active = any(grant.effective for grant in grants)
    return SeatExplanation(
        course_run=course_run,
        is_active=is_active,
        mode=seat.mode if seat is not None and is_active else None,
        hindrance=_find_common(grants, hindered),
        grants=grants,
        open_conflicts=_count_conflicts(learner, identities, by=by),
    )


def _explain(grant: Grant, hindered: tuple[Hindrance, ...]) -> ExplainedGrant:
    return ExplainedGrant(
        program=grant.program,
        program_status=grant.program_status,
        is_active=grant.is_active,
        mode=grant.mode,
        hindrances=(*grant.hindrances, *hindered),
    )


def _find_common(
    grants: Sequence[ExplainedGrant], hindered: tuple[Hindrance, ...]
) -> Hindrance | None:
    """Return what alone keeps back a grant; else each has a reason of its own."""
    is_alone = any(grant.hindrances == hindered for grant in grants)
    return hindered[0] if hindered and is_alone else None


def _say(explained: SeatExplanation) -> str:
    course_run, grants = explained.course_run, explained.grants
    if not grants:
        return f"Not in {course_run}: nobody has enrolled the learner in this course run."
    if explained.mode is None:
        why_not = REASONS[explained.hindrance] if explained.hindrance else _say_why_not(grants)
        return f"Not in {course_run}: {why_not}."
    givers = "; ".join(_say_giver(grant) for grant in grants if grant.effective)
    return f"The learner is in {course_run} in mode {explained.mode}: {givers}."


def _say_giver(grant: ExplainedGrant) -> str:
    if grant.program is None:
        return f"a direct enrollment gives it in mode {grant.mode}"
    return f"program {grant.program} gives it in mode {grant.mode} (status {grant.program_status})"


def _say_why_not(grants: Sequence[ExplainedGrant]) -> str:
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
