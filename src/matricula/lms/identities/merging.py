"""Merging: what one account holds becomes another's, its own identity included."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Collate

from matricula.lms.identities.conflicts import close_conflicts
from matricula.lms.identities.models import BindingConflict, Identity

# How each was proven stays; since when it is this account's is new.
MOVE = """
UPDATE identity SET account_id = %(into_id)s, bound_at = %(at)s WHERE id = ANY(%(ids)s)
"""

# One open conflict for an identity and a claimant: where the other account claims the same name,
# its own attempt stands for both.
CLAIM = """
UPDATE binding_conflict AS moved SET claimant_id = %(into_id)s
WHERE moved.claimant_id = %(source_id)s AND moved.resolved_at IS NULL AND NOT EXISTS (
    SELECT FROM binding_conflict AS own
    WHERE own.identity_id = moved.identity_id AND own.claimant_id = %(into_id)s
      AND own.resolved_at IS NULL
)
"""


@dataclass(frozen=True, slots=True)
class MovedIdentities:
    """How many identities changed hands, and how many conflicts ended with that."""

    identities: int
    conflicts: int


def move_identities(*, source_id: int, into_id: int, at: datetime, reason: str) -> MovedIdentities:
    """Bind every identity of one account to another, and settle what the two claimed.

    Conflicts with anybody else go on, in the name of the account that remains. Within the caller's
    recorded transaction, which has asked for the permission and holds both accounts' rows.
    """
    found = (
        Identity.objects.select_for_update(no_key=True)
        .filter(account=source_id)
        .order_by("kind", "organization", Collate("folded", "C"))
    )
    ids = [identity.pk for identity in found]
    _lock_conflicts(source_id, into_id)
    params: dict[str, Any] = {"source_id": source_id, "into_id": into_id, "ids": ids, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(MOVE, params)
        settled = _close(
            Q(claimant__in=[source_id, into_id], identity__account=into_id), at, reason
        )
        cursor.execute(CLAIM, params)
    settled += _close(Q(claimant=source_id), at, reason)
    open_ones = BindingConflict.objects.filter(resolved_at=None)
    open_ones.filter(holder=source_id).exclude(claimant=into_id).update(holder=into_id)
    return MovedIdentities(len(ids), settled)


def _lock_conflicts(source_id: int, into_id: int) -> None:
    either = Q(claimant__in=[source_id, into_id]) | Q(holder__in=[source_id, into_id])
    locked = BindingConflict.objects.select_for_update().filter(either, resolved_at=None)
    list(locked.order_by("identity_id", "claimant_id"))


def _close(which: Q, at: datetime, reason: str) -> int:
    return close_conflicts(which=which, resolution=f"merged: {reason}", at=at)
