"""Listing an account's addresses, and what each has proven."""

from enum import StrEnum

import msgspec
from django.db import connection

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import map_accounts_of_addresses
from matricula.lms.kernel.api import Actor, ActorKind, NotAllowed, fold


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
SELECT e.email, e."primary", e.verified, coalesce(i.account_id = e.user_id, false),
       p.id IS NOT NULL, p.answer
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


class OnlyOwn(NotAllowed):
    """These are for the account itself."""

    code = "only-own"


def list_addresses(*, account_id: int, by: Actor) -> list[Address]:
    """Return the addresses of the actor's own account, the primary one first; one query.

    Raises:
        OnlyOwn: the account is not the actor's.
    """
    if by.kind is not ActorKind.ACCOUNT or by.account_id != account_id:
        raise OnlyOwn("Addresses are for the account itself.")
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


def _standing(is_verified: bool, is_held: bool, is_proven: bool, answer: str | None) -> Standing:  # noqa: FBT001  columns of one row
    if is_held:
        return Standing.HELD
    if is_proven and answer is None:
        return Standing.COMING
    return Standing.ELSEWHERE if is_proven or is_verified else Standing.UNPROVEN
