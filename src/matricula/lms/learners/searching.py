"""Searching: people by whatever somebody knows of them, those who wait included."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import (
    Permission,
    list_permitted_organizations,
    require_permission_somewhere,
)
from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import UNSTORABLE, Actor, fold

SHORTEST_WORD = 2
"""Letters of a name that are looked for; fewer begin the names of half the world."""
MOST_EXACT = 50
LONGEST_QUERY = 500


class Match(StrEnum):
    """Why somebody was found, the surest first."""

    USERNAME = "username"
    STUDENT_KEY = "student_key"
    ADDRESS = "address"
    """An address that they have proven, or that something waits for."""
    GIVEN_ADDRESS = "given_address"
    """An address that their account gives, and nobody has proven."""
    NAME = "name"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was found: an account, or a name that waits.

    Of a waiting name ``username`` is None, ``kind`` and ``value`` are what it is; of an account
    these are empty, and ``keys`` has some of its student keys, each with its school.
    """

    username: str | None
    name: str
    is_active: bool
    is_merged: bool
    kind: str
    organization: str | None
    value: str
    keys: tuple[str, ...]
    enrollments: int
    matches: tuple[Match, ...]


class FoundPage(msgspec.Struct, frozen=True):
    """Some of those who were found; ``last`` is where the next page goes on, None at the end."""

    people: tuple[Found, ...]
    last: int | None

    @property
    def only_exact(self) -> Found | None:
        """The one who was found by more than a name, if nobody else was found so."""
        exact = [each for each in self.people if each.matches != (Match.NAME,)]
        return exact[0] if len(exact) == 1 else None


# Each way is one probe of an index, of student keys one for each school. Addresses that wait are
# for those alone who read everywhere.
EXACT = """
SELECT found.account_id, found.identity_id, found.way
FROM (
    SELECT id AS account_id, NULL::bigint AS identity_id, 'username' AS way
    FROM account WHERE lower(username) = lower(%(username)s)
  UNION ALL
    SELECT i.account_id, CASE WHEN i.account_id IS NULL THEN i.id END, 'student_key'
    FROM organization
    CROSS JOIN LATERAL (
        SELECT id, account_id, retired_at FROM identity
        WHERE kind = 'student_key' AND organization_id = organization.id
          AND folded = %(folded)s
        LIMIT 1
    ) AS i
    WHERE i.retired_at IS NULL
      AND (%(everywhere)s OR organization.id = ANY(%(organization_ids)s::bigint[]))
  UNION ALL
    SELECT account_id, CASE WHEN account_id IS NULL THEN id END, 'address' FROM identity
    WHERE kind = 'email' AND organization_id IS NULL AND folded = %(folded)s
      AND retired_at IS NULL AND (%(everywhere)s OR account_id IS NOT NULL)
  UNION ALL
    SELECT id, NULL, 'given_address' FROM account WHERE lower(email) = lower(%(asked)s)
  UNION ALL
    SELECT user_id, NULL, 'given_address' FROM account_emailaddress WHERE email = %(folded)s
) AS found
WHERE found.account_id IS NULL OR %(everywhere)s OR found.account_id = %(own_id)s OR EXISTS (
    SELECT FROM identity
    WHERE account_id = found.account_id AND organization_id = ANY(%(organization_ids)s::bigint[])
)
LIMIT %(limit)s
"""

# The index of names is asked for words, by their beginnings, and for all that it has: a planner
# that takes a rare name for a frequent one would walk through all accounts instead (ADR 0005).
NAMED = """
WITH named AS MATERIALIZED (
    SELECT id FROM account
    WHERE to_tsvector('simple'::regconfig, COALESCE(name, '')) @@ to_tsquery('simple', %(words)s)
)
SELECT named.id
FROM named
WHERE named.id > %(after)s
  AND (%(everywhere)s OR named.id = %(own_id)s OR EXISTS (
      SELECT FROM identity
      WHERE account_id = named.id AND organization_id = ANY(%(organization_ids)s::bigint[])
  ))
ORDER BY named.id LIMIT %(limit)s
"""

ACCOUNTS = """
SELECT account.id, account.username, account.name, account.is_active,
       account.merged_into_id IS NOT NULL, keys.named
FROM account
LEFT JOIN LATERAL (
    SELECT array_agg(organization.key || ' ' || own.value ORDER BY own.id) AS named
    FROM (
        SELECT id, organization_id, value FROM identity
        WHERE account_id = account.id AND kind = 'student_key'
          AND (%(everywhere)s OR organization_id = ANY(%(organization_ids)s::bigint[]))
        ORDER BY id LIMIT 3
    ) AS own
    JOIN organization ON organization.id = own.organization_id
) AS keys ON true
WHERE account.id = ANY(%(account_ids)s::bigint[])
"""

WAITING = """
SELECT i.id, i.kind, organization.key, i.value,
       (SELECT count(*) FROM program_enrollment WHERE identity_id = i.id)
       + (SELECT count(*) FROM course_enrollment
          WHERE identity_id = i.id AND program_enrollment_id IS NULL)
FROM identity AS i
LEFT JOIN organization ON organization.id = i.organization_id
WHERE i.id = ANY(%(identity_ids)s::bigint[])
"""


def search_people(*, asked: str, after: int | None = None, limit: int, by: Actor) -> FoundPage:
    """Return who goes by what was asked: username, student key, address, or words of a name.

    Of the schools whose enrollments the actor may read. Who matches exactly comes first, on the
    first page; then those with such a name, by account. At most four queries after the permission.

    Raises:
        PermissionMissing: the actor may link identities nowhere.
    """
    require_permission_somewhere(by, Permission.IDENTITIES_LINK)
    asked = asked.strip()
    if not asked or len(asked) > LONGEST_QUERY or UNSTORABLE.search(asked):
        return FoundPage((), None)
    sight = _look(by)
    exact = _list_exact(asked, sight) if after is None else {}
    named = _list_named(asked, sight, after=after or 0, limit=limit + 1)
    matches: dict[tuple[int | None, int | None], list[Match]] = {
        place: list(ways) for place, ways in exact.items()
    }
    for account_id in named[:limit]:
        matches.setdefault((account_id, None), []).append(Match.NAME)
    last = named[limit - 1] if len(named) > limit else None
    return FoundPage(_describe(matches, sight), last)


def _look(by: Actor) -> Mapping[str, Any]:
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    return {
        "everywhere": permitted is None,
        "organization_ids": sorted(permitted or ()),
        "own_id": by.account_id,
    }


def _list_exact(
    asked: str, sight: Mapping[str, Any]
) -> dict[tuple[int | None, int | None], list[Match]]:
    username = Account.normalize_username(asked)
    params = {"asked": asked, "username": username, "folded": fold(asked), "limit": MOST_EXACT}
    found: dict[tuple[int | None, int | None], set[Match]] = {}
    for account_id, identity_id, way in _fetch(EXACT, {**sight, **params}):
        found.setdefault((account_id, identity_id), set()).add(Match(way))
    order = list(Match)
    ways = {place: sorted(each, key=order.index) for place, each in found.items()}
    return dict(sorted(ways.items(), key=lambda item: order.index(item[1][0])))


def _list_named(asked: str, sight: Mapping[str, Any], *, after: int, limit: int) -> Sequence[int]:
    words = re.findall(r"[^\W_]+", fold(asked))
    if max(map(len, words), default=0) < SHORTEST_WORD:
        return []
    params = {"words": " & ".join(f"{word}:*" for word in words), "after": after, "limit": limit}
    return [account_id for (account_id,) in _fetch(NAMED, {**sight, **params})]


def _describe(
    matches: Mapping[tuple[int | None, int | None], Iterable[Match]], sight: Mapping[str, Any]
) -> tuple[Found, ...]:
    account_ids = [account_id for account_id, _ in matches if account_id is not None]
    identity_ids = [identity_id for _, identity_id in matches if identity_id is not None]
    params = {**sight, "account_ids": account_ids, "identity_ids": identity_ids}
    accounts = {row[0]: row[1:] for row in _fetch(ACCOUNTS, params)} if account_ids else {}
    waiting = {row[0]: row[1:] for row in _fetch(WAITING, params)} if identity_ids else {}
    return tuple(
        _of_account(accounts[account_id], ways)
        if account_id is not None
        else _of_waiting(waiting[identity_id], ways)
        for (account_id, identity_id), ways in matches.items()
        if account_id in accounts or identity_id in waiting
    )


def _of_account(row: Sequence[Any], matches: Iterable[Match]) -> Found:
    username, name, is_active, is_merged, keys = row
    return Found(
        username=username,
        name=name,
        is_active=is_active,
        is_merged=is_merged,
        kind="",
        organization=None,
        value="",
        keys=tuple(keys or ()),
        enrollments=0,
        matches=tuple(matches),
    )


def _of_waiting(row: Sequence[Any], matches: Iterable[Match]) -> Found:
    kind, organization, value, enrollments = row
    return Found(
        username=None,
        name="",
        is_active=False,
        is_merged=False,
        kind=kind,
        organization=organization,
        value=value,
        keys=(),
        enrollments=enrollments,
        matches=tuple(matches),
    )


def _fetch(statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
