"""Retiring a person: their names become keyed hashes, everywhere; what they did stays countable.

The hash is stable (the same name gives the same value), total (bound identities, and waiting ones
of the account's own address), and covers the ledger.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Collate

from matricula.lms.access.api import Permission, require_permission, revoke_all_roles
from matricula.lms.accounts.api import Account, empty_account, lock_account
from matricula.lms.identities.binding import require_reason
from matricula.lms.identities.conflicts import close_conflicts, erase_from_resolutions
from matricula.lms.identities.models import BindingConflict, Identity, Kind
from matricula.lms.kernel.api import Actor, fold
from matricula.lms.ledger.api import erase_from_ledger, recorded

PREFIX = "retired_"

# The number behind the hash keeps the key unique if the same name is retired a second time.
RETIRE = """
UPDATE identity SET
    value = retired.value, folded = retired.folded,
    account_id = NULL, bound_at = NULL, bound_via = NULL, retired_at = %(at)s
FROM unnest(%(ids)s::bigint[], %(values)s::text[], %(folded)s::text[])
    AS retired (id, value, folded)
WHERE identity.id = retired.id
"""


@dataclass(frozen=True, slots=True)
class Retirement:
    """What was erased; all zero if the account had been retired before."""

    identities: int = 0
    roles: int = 0
    conflicts: int = 0


def retire_account(*, account: Account, by: Actor, at: datetime, reason: str) -> Retirement:
    """Retire the person behind an account. Doing it again changes nothing.

    Identities are unbound and their values, the username and every mention of them in the ledger
    replaced; enrollments, grades and history stay and count as before.

    Raises:
        PermissionMissing: the actor may not retire accounts.
        ReasonMissing: there is no reason.
    """
    require_permission(by, Permission.ACCOUNTS_RETIRE)
    require_reason(reason)
    with recorded(by=by, at=at, reason=reason):
        current = lock_account(account_id=account.pk)
        if current.retired_at is not None:
            return Retirement()
        identities = _lock_identities(current)
        words = [current.username, current.email, current.name]
        words += [name for identity in identities for name in (identity.value, identity.folded)]
        erased = _retire_identities(identities, at=at)
        conflicts = _close_conflicts(current, identities, at=at)
        roles = revoke_all_roles(account_id=current.pk)
        empty_account(account_id=current.pk, placeholder=_placeholder(current), at=at)
        erase_from_ledger(subject="identity", replacements=erased, words=_distinct(words))
        erase_from_resolutions(words=_distinct(words), account_id=current.pk)
        return Retirement(len(identities), roles, conflicts)


def hash_name(kind: str, organization_id: int | None, folded: str) -> str:
    """Return what stands for a name once its person is retired."""
    message = f"{kind}\n{organization_id or ''}\n{folded}".encode()
    digest = hmac.digest(settings.RETIREMENT_KEY.encode(), message, "sha256")
    return PREFIX + digest.hex()


def _lock_identities(account: Account) -> Sequence[Identity]:
    """Lock them against new enrollments too: a folded value is part of a key."""
    waiting_address = Q(kind=Kind.EMAIL, folded=fold(account.email), account=None)
    return list(
        Identity.objects.select_for_update()
        .filter(Q(account=account) | waiting_address, retired_at=None)
        .order_by("kind", "organization", Collate("folded", "C"))
    )


def _retire_identities(
    identities: Sequence[Identity], *, at: datetime
) -> Mapping[int, Mapping[str, str]]:
    erased: dict[int, dict[str, str]] = {}
    for identity in identities:
        value = hash_name(identity.kind, identity.organization_id, identity.folded)
        erased[identity.pk] = {"value": value, "folded": f"{value}#{identity.pk}"}
    params: dict[str, Any] = {
        "ids": list(erased),
        "values": [fields["value"] for fields in erased.values()],
        "folded": [fields["folded"] for fields in erased.values()],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(RETIRE, params)
    return erased


def _close_conflicts(account: Account, identities: Sequence[Identity], *, at: datetime) -> int:
    """Lock all of them first, in one order: two people may claim each other's names."""
    found = (
        BindingConflict.objects.select_for_update()
        .filter(Q(claimant=account) | Q(holder=account) | Q(identity__in=identities))
        .filter(resolved_at=None)
        .order_by("identity_id", "claimant_id")
    )
    ids = [conflict.pk for conflict in found]
    return close_conflicts(which=Q(pk__in=ids), resolution="kept: an account was retired", at=at)


def _placeholder(account: Account) -> str:
    return f"{hash_name('username', None, fold(account.username))[:40]}_{account.pk}"


def _distinct(words: Sequence[str]) -> list[str]:
    return sorted({word.strip() for word in words if word.strip()})
