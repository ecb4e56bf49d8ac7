"""Conflicts: refused attempts to bind an identity twice, for staff to list and resolve."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from matricula.lms.access.api import (
    Permission,
    list_permitted_organizations,
    require_permission_somewhere,
)
from matricula.lms.identities.models import BindingConflict, Via
from matricula.lms.kernel.api import Actor, NotFound
from matricula.lms.ledger.api import ERASED, is_distinctive, match_words

RECORD = """
INSERT INTO binding_conflict
    (identity_id, holder_id, claimant_id, via, attempts, first_at, last_at, resolution)
SELECT identity_id, holder_id, claimant_id, %(via)s, 1, %(at)s, %(at)s, ''
FROM unnest(%(identity_ids)s::bigint[], %(holder_ids)s::bigint[], %(claimant_ids)s::bigint[])
    AS refused (identity_id, holder_id, claimant_id)
ORDER BY identity_id, claimant_id
ON CONFLICT (identity_id, claimant_id) WHERE resolved_at IS NULL DO UPDATE
SET attempts = binding_conflict.attempts + 1, last_at = excluded.last_at,
    holder_id = excluded.holder_id
"""

ERASE = """
UPDATE binding_conflict SET resolution = regexp_replace(resolution, %(pattern)s, %(erased)s, 'gi')
WHERE resolution ~* %(pattern)s
  AND (%(everywhere)s OR holder_id = ANY(%(account_ids)s) OR claimant_id = ANY(%(account_ids)s))
"""


class UnknownConflict(NotFound):
    """No open conflict has that number."""

    code = "conflict-not-found"


@dataclass(frozen=True, slots=True)
class ConflictSides:
    """A conflict with both sides named.

    ``holder`` is whoever has the name now or, while it waits, whoever had it when it was claimed.
    """

    id: int
    kind: str
    organization: str | None
    value: str
    holder: str
    claimant: str
    via: str
    attempts: int
    first_at: datetime
    last_at: datetime


def record_conflicts(refused: Sequence[tuple[int, int, int]], *, via: Via, at: datetime) -> None:
    """Keep refused claims, given as ids of identity, holder and claimant.

    A claim that is tried again counts up instead of filling the list. Within the caller's
    transaction.
    """
    if not refused:
        return
    identity_ids, holder_ids, claimant_ids = (
        list(column) for column in zip(*refused, strict=True)
    )
    params: dict[str, Any] = {
        "identity_ids": identity_ids,
        "holder_ids": holder_ids,
        "claimant_ids": claimant_ids,
        "via": via.value,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, params)


def list_conflicts(
    *, by: Actor, account_id: int | None = None, after: int = 0, limit: int | None = None
) -> list[ConflictSides]:
    """Return the open conflicts of the organizations the actor supports, in order of their ids.

    All, or those in which an account is a side. Those of e-mail addresses are for who supports
    everywhere. A page begins ``after`` an id.
    """
    sides = Q(identity__account=account_id) | Q(holder=account_id) | Q(claimant=account_id)
    is_side = Q() if account_id is None else sides
    found = (
        BindingConflict.objects.filter(_visible(by), is_side, resolved_at=None, pk__gt=after)
        .prefetch_related("identity__organization", "identity__account", "holder", "claimant")
        .order_by("pk")[:limit]
    )
    return list(map(_name_sides, found))


def get_conflict(*, conflict_id: int, by: Actor) -> ConflictSides:
    """Return an open conflict with both sides named, for somebody who may resolve it.

    Raises:
        PermissionMissing: the actor may link identities nowhere.
        UnknownConflict: there is no such open conflict, or the actor may not link there.
    """
    return _name_sides(get_open_conflict(conflict_id=conflict_id, by=by))


def get_open_conflict(*, conflict_id: int, by: Actor) -> BindingConflict:
    """Return an open conflict with its identity, for somebody who may resolve it.

    Nothing is locked: accounts and identities come before conflicts, and must be locked first.

    Raises:
        PermissionMissing: the actor may link identities nowhere.
        UnknownConflict: there is no such open conflict, or the actor may not link there.
    """
    require_permission_somewhere(by, Permission.IDENTITIES_LINK)
    found = (
        BindingConflict.objects.select_related("identity")
        .filter(_visible(by), pk=conflict_id, resolved_at=None)
        .first()
    )
    if found is None:
        raise UnknownConflict(
            _("There is no open conflict %(conflict_id)s.") % {"conflict_id": conflict_id}
        )
    return found


def _name_sides(conflict: BindingConflict) -> ConflictSides:
    organization = conflict.identity.organization
    holder = conflict.identity.account or conflict.holder  # it may have been moved since
    return ConflictSides(
        id=conflict.pk,
        kind=conflict.identity.kind,
        organization=organization.key if organization else None,
        value=conflict.identity.value,
        holder=holder.username,
        claimant=conflict.claimant.username,
        via=conflict.via,
        attempts=conflict.attempts,
        first_at=conflict.first_at,
        last_at=conflict.last_at,
    )


def _visible(by: Actor) -> Q:
    permitted = list_permitted_organizations(by, Permission.IDENTITIES_LINK)
    return Q() if permitted is None else Q(identity__organization__in=permitted)


def close_conflicts(*, which: Q, resolution: str, at: datetime) -> int:
    """Mark the open conflicts that match as resolved, and return how many there were."""
    open_ones = BindingConflict.objects.filter(which, resolved_at=None)
    return open_ones.update(resolved_at=at, resolution=resolution)


def erase_from_resolutions(*, words: Sequence[str], account_ids: Collection[int]) -> int:
    """Overwrite ``words`` in what staff wrote when they resolved conflicts; return how often.

    As in the ledger: all of them where one of the accounts is a side, those that can only be a
    name everywhere. Each resolution is read once.
    """
    distinctive = [word for word in words if is_distinctive(word)]
    count = 0
    with connection.cursor() as cursor:
        for erased, everywhere in ((words, False), (distinctive, True)):
            if erased:
                params: dict[str, Any] = {"pattern": match_words(erased), "erased": ERASED}
                params |= {"account_ids": list(account_ids), "everywhere": everywhere}
                count += cursor.execute(ERASE, params).rowcount
    return count
