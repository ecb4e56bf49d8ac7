"""Profiles: who an account is, for the person itself and for who may read about it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.kernel.api import UNSTORABLE, Actor, fold, quote


class Profile(msgspec.Struct, frozen=True):
    """What an account says of its person."""

    id: int
    username: str
    name: str
    email: str
    is_active: bool
    date_joined: datetime
    last_login: datetime | None


# Who reads about a school sees the people whom the school knows, and everybody sees themselves.
# An address that somebody has proven comes before accounts that merely give it.
PROFILES = """
WITH found AS (
    SELECT id, 0 AS rank FROM account
    WHERE lower(username) = ANY (
        ARRAY(SELECT lower(each) FROM unnest(%(usernames)s::text[]) AS each)
    )
  UNION ALL
    SELECT account_id, 1 FROM identity
    WHERE kind = 'email' AND organization_id IS NULL AND folded = ANY(%(folded)s::text[])
      AND account_id IS NOT NULL
  UNION ALL
    SELECT id, 2 FROM account
    WHERE lower(email) = ANY (
        ARRAY(SELECT lower(each) FROM unnest(%(addresses)s::text[]) AS each)
    )
)
SELECT account.id, account.username, account.name, account.email, account.is_active,
       account.date_joined, account.last_login
FROM (SELECT id, min(rank) AS rank FROM found GROUP BY id) AS best
JOIN account ON account.id = best.id
WHERE %(everywhere)s OR account.id = %(own_id)s OR EXISTS (
    SELECT FROM identity
    WHERE account_id = account.id AND organization_id = ANY(%(organization_ids)s::bigint[])
)
ORDER BY best.rank, account.id
"""


def list_profiles(*, usernames: Iterable[str], by: Actor) -> list[Profile]:
    """Return the profiles of those usernames that exist for the actor; two queries in all.

    An actor sees their own, and those of the people of a school whose enrollments they may read.
    Letter case is ignored.
    """
    return _list(usernames=list(usernames), by=by)


def list_profiles_of_address(*, address: str, by: Actor) -> list[Profile]:
    """Return the profiles with an address, as ``list_profiles`` does; whoever has proven it first.

    A blank in the address may be a plus that a client did not encode: if nobody has it as given,
    that is tried.
    """
    for spelling in spell(address):
        if found := _list(addresses=[spelling], by=by):
            return found
    return []


def get_profile(*, asked: str, by: Actor) -> Profile:
    """Return the profile of a username, else of an address, spelled as ``spell`` does.

    Raises:
        UnknownAccount: there is none for the actor.
    """
    for spelling in spell(asked):
        if found := _list(usernames=[spelling], addresses=[spelling], by=by):
            return found[0]
    raise UnknownAccount(f"There is no account {quote(asked)}.")


def spell(given: str) -> Sequence[str]:
    """Return what was given, and what it may have been before a URL took its pluses away."""
    return [given, given.replace(" ", "+")] if " " in given else [given]


def _list(
    *, usernames: Sequence[str] = (), addresses: Sequence[str] = (), by: Actor
) -> list[Profile]:
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    given_addresses = [each.strip() for each in addresses if _is_askable(each)]
    params: dict[str, Any] = {
        "usernames": [
            Account.normalize_username(each).strip() for each in usernames if _is_askable(each)
        ],
        "addresses": given_addresses,
        "folded": [fold(each) for each in given_addresses],
        "everywhere": permitted is None,
        "organization_ids": sorted(permitted or ()),
        "own_id": by.account_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(PROFILES, params)
        return [Profile(*row) for row in cursor.fetchall()]


def _is_askable(text: str) -> bool:
    return bool(text.strip()) and not UNSTORABLE.search(text)
