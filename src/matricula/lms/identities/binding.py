"""Binding: what happens when a person proves a name.

One row changes, and everything ever made for that name is the account's. Nothing is copied,
nothing is activated, nothing can be lost on the way (ADR 0002).
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.identities.conflicts import record_conflicts
from matricula.lms.identities.models import Kind, Via
from matricula.lms.identities.naming import IdentityName
from matricula.lms.kernel.api import (
    Actor,
    Conflict,
    Invalid,
    Lock,
    Source,
    lock_until_commit,
    stage,
)
from matricula.lms.ledger.api import recorded


class Outcome(StrEnum):
    """How an attempt to bind ended."""

    BOUND = "bound"
    ALREADY = "already"
    REFUSED = "refused"
    """The name is another account's; the attempt is kept as a conflict for support."""


class ReasonMissing(Invalid):
    """What staff do to somebody's identity needs a reason."""

    code = "reason-missing"


class Unprovable(Invalid):
    """That way of binding says nothing about such a name."""

    code = "unprovable"


class RepeatedName(Invalid):
    """One call names the same identity for several accounts."""

    code = "repeated-name"


class AccountRetired(Conflict):
    """A retired account takes no identities, nor does one that was merged into another."""

    code = "account-retired"


PROVES = {
    Via.VERIFIED_EMAIL: {Kind.EMAIL},
    Via.SIGN_ON: {Kind.STUDENT_KEY},
    Via.STAFF: {Kind.EMAIL, Kind.STUDENT_KEY},
    Via.ACCOUNT: set[Kind](),  # an account's own identity is bound by being made
}
"""What sort of name each way of binding proves."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That a name is an account's."""

    name: IdentityName
    account_id: int


@dataclass(frozen=True, slots=True)
class Binding:
    """The answer to a claim; ``holder_id`` is the account the identity is bound to now."""

    outcome: Outcome
    holder_id: int


# Accounts are locked before identities, and both in one order, as everywhere. A retired account
# takes nothing; a row that another account holds is locked and left as it is. Inside a CASE the
# living are looked up in a hash table, whatever the planner believes of them (ADR 0005).
BIND = """
WITH living AS MATERIALIZED (
    SELECT id FROM account
    WHERE id = ANY(%(account_ids)s::bigint[]) AND retired_at IS NULL AND merged_into_id IS NULL
    ORDER BY id FOR SHARE
), bound AS (
    INSERT INTO identity
        (kind, organization_id, value, folded, account_id, bound_at, bound_via)
    SELECT r.kind, r.organization_id, r.value, r.folded, r.account_id, %(at)s, %(via)s
    FROM {incoming} AS r
    WHERE CASE WHEN r.account_id IN (SELECT id FROM living) THEN true ELSE false END
    ORDER BY r.kind, r.organization_id, r.folded COLLATE "C"
    ON CONFLICT (kind, organization_id, folded) DO UPDATE
    SET account_id = excluded.account_id, bound_at = excluded.bound_at,
        bound_via = excluded.bound_via
    WHERE identity.account_id IS NULL AND identity.retired_at IS NULL
    RETURNING kind, organization_id, folded, id, account_id
)
SELECT kind, organization_id, folded, id, account_id FROM bound
"""

# A statement of its own, so that it sees conflicts that were kept while BIND waited for the rows.
CLOSE_CONFLICTS = """
UPDATE binding_conflict SET resolved_at = %(at)s, resolution = 'bound after all'
FROM unnest(%(identity_ids)s::bigint[], %(account_ids)s::bigint[])
    AS bound (identity_id, account_id)
WHERE binding_conflict.identity_id = bound.identity_id
  AND binding_conflict.claimant_id = bound.account_id
  AND binding_conflict.resolved_at IS NULL
"""

HOLDERS = """
SELECT i.kind, i.organization_id, i.folded, i.id, i.account_id
FROM {incoming} AS r
JOIN LATERAL (
    SELECT 1 FROM account
    WHERE id = r.account_id AND retired_at IS NULL AND merged_into_id IS NULL LIMIT 1
) AS living ON true
JOIN LATERAL (
    SELECT * FROM identity
    WHERE kind = r.kind AND organization_id = r.organization_id AND folded = r.folded
  UNION ALL
    SELECT * FROM identity
    WHERE kind = r.kind AND organization_id IS NULL AND r.organization_id IS NULL
      AND folded = r.folded
) AS i ON true
"""

COLUMNS = {
    "kind": "text",
    "organization_id": "bigint",
    "value": "text",
    "folded": "text",
    "account_id": "bigint",
}


def bind_identity(
    *,
    name: IdentityName,
    account_id: int,
    via: Via,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Binding:
    """Bind one identity; see ``bind_identities``."""
    claims = [Claim(name, account_id)]
    return bind_identities(claims=claims, via=via, by=by, at=at, reason=reason)[0]


def bind_identities(
    *, claims: Sequence[Claim], via: Via, by: Actor, at: datetime, reason: str = ""
) -> list[Binding]:
    """Bind identities to accounts and answer each claim, in three statements if none is refused.

    Whoever comes first makes the row, the claimant or a roster. A name that is another account's
    is never moved: the claim is refused, and kept as a conflict that staff can list and resolve.
    Claiming again changes nothing.

    Raises:
        AccountRetired: an account cannot take identities any more.
        InvalidName: a value cannot be an identity's.
        InvalidReason: the reason cannot be kept.
        PermissionMissing: the actor may not assert (sign-on, mail) or link (staff) identities
            there.
        ReasonMissing: staff gave no reason.
        RepeatedName: two claims are for one name.
        Unprovable: a verified address proves e-mail addresses, a school's sign-on student keys.
    """
    _require_permission(claims, via=via, by=by, reason=reason)
    _require_possible(claims, via=via)
    if not claims:
        return []
    with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
        if len(claims) > 1:
            schools = {claim.name.organization_id or 0 for claim in claims}
            lock_until_commit(Lock.MENTION, schools, shared=True)
        staged = _stage(cursor, claims)
        accounts = {"account_ids": [claim.account_id for claim in claims]}
        params = {**staged.params, **accounts, "at": at, "via": via.value}
        cursor.execute(BIND.format(incoming=staged.relation), params)
        bound = {tuple(row[:3]): (row[3], row[4]) for row in cursor.fetchall()}
        _close_conflicts(cursor, list(bound.values()), at=at)
        if len(bound) == len(claims):
            return [Binding(Outcome.BOUND, claim.account_id) for claim in claims]
        cursor.execute(HOLDERS.format(incoming=staged.relation), staged.params)
        holders = {tuple(row[:3]): (row[3], row[4]) for row in cursor.fetchall()}
        answers = [_answer(claim, bound, holders) for claim in claims]
        refused = [
            (holders[claim.name.key][0], answer.holder_id, claim.account_id)
            for claim, answer in zip(claims, answers, strict=True)
            if answer.outcome is Outcome.REFUSED
        ]
        record_conflicts(refused, via=via, at=at)
        return answers


def require_reason(reason: str) -> None:
    """Answer with silence if there is a reason; the ledger asks whether it can be kept.

    Raises:
        ReasonMissing: there is none.
    """
    if not reason.strip():
        message = _("Say why: the reason is kept with the change.")
        raise ReasonMissing(message)


def _require_permission(claims: Sequence[Claim], *, via: Via, by: Actor, reason: str) -> None:
    permission = Permission.IDENTITIES_LINK if via is Via.STAFF else Permission.IDENTITIES_ASSERT
    for organization_id in {claim.name.organization_id for claim in claims}:
        require_permission(by, permission, organization_id=organization_id)
    if via is Via.STAFF:
        require_reason(reason)


def _require_possible(claims: Sequence[Claim], *, via: Via) -> None:
    for claim in claims:
        claim.name.require_storable()
        if claim.name.kind not in PROVES[via]:
            raise Unprovable(
                _("%(via)s does not prove a %(kind)s.")
                % {"via": via.label, "kind": claim.name.kind.label}
            )
    if len({claim.name.key for claim in claims}) < len(claims):
        raise RepeatedName(_("One call cannot bind a name twice."))


def _stage(cursor: CursorWrapper, claims: Sequence[Claim]) -> Source:
    values: dict[str, Sequence[Any]] = {
        "kind": [claim.name.kind.value for claim in claims],
        "organization_id": [claim.name.organization_id for claim in claims],
        "value": [claim.name.stored for claim in claims],
        "folded": [claim.name.folded for claim in claims],
        "account_id": [claim.account_id for claim in claims],
    }
    return stage(cursor, name="claims", columns=COLUMNS, values=values)


def _close_conflicts(
    cursor: CursorWrapper, bound: Sequence[tuple[int, int]], *, at: datetime
) -> None:
    if bound:
        identity_ids, account_ids = (list(column) for column in zip(*bound, strict=True))
        params: dict[str, Any] = {"identity_ids": identity_ids, "account_ids": account_ids}
        cursor.execute(CLOSE_CONFLICTS, {**params, "at": at})


def _answer(
    claim: Claim,
    bound: Container[tuple[str, int | None, str]],
    holders: dict[tuple[str, int | None, str], tuple[int, int | None]],
) -> Binding:
    if claim.name.key in bound:
        return Binding(Outcome.BOUND, claim.account_id)
    _key, holder_id = holders.get(claim.name.key, (None, None))
    if holder_id is None:
        raise AccountRetired(
            _("There is no account %(account_id)s, or it is retired or merged into another.")
            % {"account_id": claim.account_id}
        )
    outcome = Outcome.ALREADY if holder_id == claim.account_id else Outcome.REFUSED
    return Binding(outcome, holder_id)
