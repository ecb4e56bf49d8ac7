"""Retiring identities: a person's names become keyed hashes, and what was made for them stays.

The hash is stable (the same name gives the same value) and total (bound identities, and waiting
ones of the person's own addresses).
"""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Collate

from matricula.lms.identities.conflicts import close_conflicts
from matricula.lms.identities.models import BindingConflict, Identity, Kind
from matricula.lms.kernel.api import fold

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
class RetiredNames:
    """Names that were retired.

    ``replacements`` has the new fields of each identity by its id; ``names`` are the old values;
    ``student_keys`` are folded, each with its organization; ``conflicts`` is how many were closed.
    """

    replacements: Mapping[int, Mapping[str, str]]
    names: frozenset[str]
    student_keys: frozenset[tuple[int, str]]
    conflicts: int


def retire_identities(
    *, account_ids: Collection[int], addresses: Collection[str], at: datetime
) -> RetiredNames:
    """Unbind and hash every identity of the accounts, and the waiting ones of ``addresses``.

    Their open conflicts are closed. Within the caller's recorded transaction, which has asked for
    the permission and holds the accounts' rows.
    """
    identities = _lock_identities(account_ids, addresses)
    replacements = _retire(identities, at=at)
    return RetiredNames(
        replacements=replacements,
        names=frozenset(name for each in identities for name in (each.value, each.folded)),
        student_keys=frozenset(
            (each.organization_id, each.folded)
            for each in identities
            if each.organization_id is not None
        ),
        conflicts=_close_conflicts(account_ids, identities, at=at),
    )


def hash_name(kind: str, organization_id: int | None, folded: str) -> str:
    """Return what stands for a name once its person is retired."""
    message = f"{kind}\n{organization_id or ''}\n{folded}".encode()
    digest = hmac.digest(settings.RETIREMENT_KEY.encode(), message, "sha256")
    return PREFIX + digest.hex()


def _lock_identities(
    account_ids: Collection[int], addresses: Collection[str]
) -> Sequence[Identity]:
    """Lock them against new enrollments too: a folded value is part of a key."""
    folded = {fold(address) for address in addresses}
    waiting_addresses = Q(kind=Kind.EMAIL, folded__in=folded, account=None)
    return list(
        Identity.objects.select_for_update()
        .filter(Q(account__in=account_ids) | waiting_addresses, retired_at=None)
        .order_by("kind", "organization", Collate("folded", "C"))
    )


def _retire(identities: Sequence[Identity], *, at: datetime) -> Mapping[int, Mapping[str, str]]:
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


def _close_conflicts(
    account_ids: Collection[int], identities: Sequence[Identity], *, at: datetime
) -> int:
    """Lock all of them first, in one order: two people may claim each other's names."""
    of_them = Q(claimant__in=account_ids) | Q(holder__in=account_ids) | Q(identity__in=identities)
    found = (
        BindingConflict.objects.select_for_update()
        .filter(of_them, resolved_at=None)
        .order_by("identity_id", "claimant_id")
    )
    ids = [conflict.pk for conflict in found]
    return close_conflicts(which=Q(pk__in=ids), resolution="kept: an account was retired", at=at)
