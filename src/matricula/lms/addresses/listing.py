"""Listing an account's addresses, and what each has proven."""

from enum import StrEnum

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import map_accounts_of_addresses
from matricula.lms.kernel.api import Actor, fold


class Standing(StrEnum):
    """What an address means for its account."""

    HELD = "held"
    """Proven: everything made for it is the account's."""
    UNPROVEN = "unproven"
    """Nobody has followed the link yet: nothing made for it is the account's."""
    ELSEWHERE = "elsewhere"
    """Proven, but another account holds what was made for it; support decides."""
    COMING = "coming"
    """Proven a moment ago; what was made for it comes within minutes."""


class Address(msgspec.Struct, frozen=True):
    """An address of an account."""

    email: str
    is_primary: bool
    standing: Standing


ADDRESSES = """
SELECT e.email, e."primary", e.verified OR p.id IS NOT NULL,
       coalesce(i.account_id = e.user_id, false), i.account_id IS NOT NULL, p.answer
FROM account_emailaddress AS e
LEFT JOIN LATERAL (
    SELECT account_id FROM identity
    WHERE kind = 'email' AND organization_id IS NULL AND folded = e.email
    LIMIT 1
) AS i ON true
LEFT JOIN address_proof AS p ON p.address_id = e.id
WHERE e.user_id = %(account_id)s
ORDER BY e."primary" DESC, e.email
"""


def list_addresses(*, account_id: int, by: Actor) -> list[Address]:
    """Return the addresses of an account, the primary one first; one query.

    Raises:
        PermissionMissing: the account is not the actor's, who may not read enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, account_id=account_id)
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, {"account_id": account_id})
        return [
            Address(email, is_primary, _standing(*rest))
            for email, is_primary, *rest in cursor.fetchall()
        ]


def holds_own_address(*, account: Account) -> bool:
    """Whether the account has proven its ``email``; what others may rely on. One query."""
    if not account.email:
        return False
    found = map_accounts_of_addresses(addresses=[account.email])
    return found.get(fold(account.email)) == account.pk


def _standing(is_proven: bool, is_held: bool, is_bound: bool, answer: str | None) -> Standing:  # noqa: FBT001  columns of one row
    if is_held:
        return Standing.HELD
    if not is_proven:
        return Standing.UNPROVEN
    return Standing.COMING if answer is None and not is_bound else Standing.ELSEWHERE
