"""Linking many students to accounts by staff, in a fixed number of statements."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.identities.binding import (
    COLUMNS,
    Claim,
    RepeatedName,
    Unprovable,
    require_reason,
)
from matricula.lms.identities.models import Kind
from matricula.lms.kernel.api import Actor, stage
from matricula.lms.ledger.api import recorded


class LinkOutcome(StrEnum):
    """How the linking of one student ended. The first two have written."""

    BOUND = "bound"
    MOVED = "moved"
    """It was another account's; everything made for the name went along."""
    ALREADY = "already"
    UNKNOWN = "unknown"
    """Nobody has mentioned the name."""
    RETIRED = "retired"
    """There is no such account, or it is retired or merged into another."""


# Accounts are locked before identities, and both in one order, as everywhere. Each identity is
# found and locked by a probe of its own, in the order of the rows, whatever the planner believes
# of them (ADR 0005); after a wait the probe sees what the other has written.
LOCK = """
WITH living AS MATERIALIZED (
    SELECT id FROM account
    WHERE id = ANY(%(account_ids)s::bigint[]) AND retired_at IS NULL AND merged_into_id IS NULL
    ORDER BY id FOR SHARE
), wanted AS MATERIALIZED (
    SELECT r.organization_id, r.folded,
           CASE WHEN r.account_id IN (SELECT id FROM living) THEN true ELSE false END AS is_living
    FROM {incoming} AS r
    ORDER BY r.organization_id, r.folded COLLATE "C"
)
SELECT wanted.organization_id, wanted.folded, wanted.is_living, i.id, i.account_id
FROM wanted
LEFT JOIN LATERAL (
    SELECT id, account_id FROM identity
    WHERE kind = 'student_key' AND organization_id = wanted.organization_id
      AND folded = wanted.folded AND retired_at IS NULL AND wanted.is_living
    LIMIT 1 FOR NO KEY UPDATE
) AS i ON true
"""

MOVE = """
UPDATE identity SET account_id = moved.account_id, bound_at = %(at)s, bound_via = 'staff'
FROM unnest(%(identity_ids)s::bigint[], %(account_ids)s::bigint[])
    AS moved (identity_id, account_id)
WHERE identity.id = moved.identity_id
"""

CLOSE_CONFLICTS = """
UPDATE binding_conflict SET resolved_at = %(at)s, resolution = %(resolution)s
FROM unnest(%(identity_ids)s::bigint[], %(account_ids)s::bigint[])
    AS linked (identity_id, account_id)
WHERE binding_conflict.identity_id = linked.identity_id
  AND binding_conflict.claimant_id = linked.account_id
  AND binding_conflict.resolved_at IS NULL
"""


def link_student_keys(
    *, claims: Sequence[Claim], by: Actor, at: datetime, reason: str
) -> list[LinkOutcome]:
    """Bind student keys to accounts, moving those that are another's, and answer each claim.

    What ``rebind_identity`` does for one. Each claim stands for itself; linking again changes
    nothing.

    Raises:
        InvalidReason: the reason cannot be kept.
        PermissionMissing: the actor may not link identities there.
        ReasonMissing: there is no reason.
        RepeatedName: two claims are for one name.
        Unprovable: a name is no student key.
    """
    for organization_id in {claim.name.organization_id for claim in claims}:
        require_permission(by, Permission.IDENTITIES_LINK, organization_id=organization_id)
    require_reason(reason)
    _require_student_keys(claims)
    if not claims:
        return []
    with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
        found = _lock(cursor, claims)
        answers = [_judge(claim, *found[claim.name.key[1:]]) for claim in claims]
        linked = [
            (found[claim.name.key[1:]][1], claim.account_id, answer)
            for claim, answer in zip(claims, answers, strict=True)
            if answer not in {LinkOutcome.UNKNOWN, LinkOutcome.RETIRED}
        ]
        _move(cursor, [pair for *pair, how in linked if how is not LinkOutcome.ALREADY], at=at)
        _close_conflicts(cursor, [pair for *pair, _ in linked], at=at, reason=reason)
        return answers


def _require_student_keys(claims: Sequence[Claim]) -> None:
    if any(claim.name.kind is not Kind.STUDENT_KEY for claim in claims):
        raise Unprovable("Many are linked by their student keys alone.")
    if len({claim.name.key for claim in claims}) < len(claims):
        raise RepeatedName("One call cannot link a name twice.")


def _lock(
    cursor: CursorWrapper, claims: Sequence[Claim]
) -> dict[tuple[int | None, str], tuple[bool, int | None, int | None]]:
    """Return for each name whether the account lives, the identity, and whose that is."""
    values: dict[str, Sequence[Any]] = {
        "kind": [claim.name.kind.value for claim in claims],
        "organization_id": [claim.name.organization_id for claim in claims],
        "value": [claim.name.stored for claim in claims],
        "folded": [claim.name.folded for claim in claims],
        "account_id": [claim.account_id for claim in claims],
    }
    staged = stage(cursor, name="links", columns=COLUMNS, values=values)
    accounts = {"account_ids": [claim.account_id for claim in claims]}
    cursor.execute(LOCK.format(incoming=staged.relation), {**staged.params, **accounts})
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in cursor.fetchall()}


def _judge(
    claim: Claim,
    is_living: bool,  # noqa: FBT001  the columns of the query, in their order
    identity_id: int | None,
    holder_id: int | None,
) -> LinkOutcome:
    if not is_living:
        return LinkOutcome.RETIRED
    if identity_id is None:
        return LinkOutcome.UNKNOWN
    if holder_id is None:
        return LinkOutcome.BOUND
    return LinkOutcome.ALREADY if holder_id == claim.account_id else LinkOutcome.MOVED


def _move(cursor: CursorWrapper, pairs: Sequence[Sequence[Any]], *, at: datetime) -> None:
    if pairs:
        cursor.execute(MOVE, {**_columns(pairs), "at": at})


def _close_conflicts(
    cursor: CursorWrapper, pairs: Sequence[Sequence[Any]], *, at: datetime, reason: str
) -> None:
    if pairs:
        said: dict[str, Any] = {"at": at, "resolution": f"rebound: {reason}"}
        cursor.execute(CLOSE_CONFLICTS, {**_columns(pairs), **said})


def _columns(pairs: Sequence[Sequence[Any]]) -> dict[str, Any]:
    identity_ids, account_ids = (list(column) for column in zip(*pairs, strict=True))
    return {"identity_ids": identity_ids, "account_ids": account_ids}
