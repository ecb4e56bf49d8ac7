"""Recognizing people by usernames and e-mail addresses, and how they stand in course runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import (
    IdentityName,
    account_itself,
    find_address,
    list_retired_addresses,
)
from matricula.lms.kernel.api import UNSTORABLE
from matricula.lms.program_enrollments.api import STUDYING


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Whom an identifier means; ``name`` is what something is granted to, if anything can be.

    ``account_id`` is of who has the username, or has proven the address.
    """

    name: IdentityName | None
    account_id: int | None
    is_active: bool
    address: str | None
    """Folded: the one that was given or, for an account that cannot be used, the account's."""
    fault: str = ""
    """Why nothing can be done for them, in words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in a course run, and the direct grants that make it so.

    ``is_allowed``: an address of theirs is, and it does not make them enrolled, or not yet.
    """

    has_account: bool
    is_enrolled: bool
    is_allowed: bool
    is_auto_enrolled: bool
    allowance_ids: list[int]
    direct_ids: list[int]


PEOPLE = """
SELECT r.position, a.id, a.uuid, a.is_active, a.email
FROM unnest(%(positions)s::int[], %(usernames)s::text[], %(folded)s::text[])
    AS r (position, username, folded)
LEFT JOIN LATERAL (
    SELECT account_id FROM identity
    WHERE kind = 'email' AND organization_id IS NULL AND folded = r.folded LIMIT 1
) AS proven ON true
JOIN LATERAL (
    SELECT id, uuid, is_active, email FROM account WHERE lower(username) = lower(r.username)
  UNION ALL
    SELECT id, uuid, is_active, email FROM account WHERE id = proven.account_id
) AS a ON true
"""

# Grants of addresses stand apart: while one does not enroll anybody, it allows them in. From each
# identity to its grants by one index, in any plan (ADR 0005); there are a few dozen at most.
STANDINGS = """
SELECT r.position, run.id, coalesce(found.is_in AND r.is_active, false),
       coalesce(found.is_allowed, false), coalesce(found.is_auto_enrolled, false),
       coalesce(found.allowance_ids, '{}'), coalesce(found.direct_ids, '{}')
FROM unnest(%(positions)s::int[], %(account_ids)s::bigint[], %(actives)s::boolean[],
            %(folded)s::text[]) AS r (position, account_id, is_active, folded)
CROSS JOIN unnest(%(run_ids)s::bigint[]) AS run (id)
LEFT JOIN LATERAL (
    SELECT bool_or(own.is_bound AND g.is_active
                   AND (g.program_enrollment_id IS NULL OR e.status = ANY(%(studying)s))) AS is_in,
           bool_or(own.is_address AND NOT (own.is_bound AND r.is_active AND g.is_active))
               FILTER (WHERE g.program_enrollment_id IS NULL) AS is_allowed,
           bool_or(own.is_address AND NOT (own.is_bound AND r.is_active) AND g.is_active)
               FILTER (WHERE g.program_enrollment_id IS NULL) AS is_auto_enrolled,
           array_agg(g.id) FILTER (
               WHERE own.is_address AND g.program_enrollment_id IS NULL
           ) AS allowance_ids,
           array_agg(g.id) FILTER (
               WHERE NOT own.is_address AND g.program_enrollment_id IS NULL AND g.is_active
           ) AS direct_ids
    FROM (
        SELECT id, kind = 'email' AS is_address, true AS is_bound
        FROM identity WHERE account_id = r.account_id
      UNION ALL
        SELECT id, true, false FROM (
            SELECT id, account_id FROM identity
            WHERE kind = 'email' AND organization_id IS NULL AND folded = r.folded
            LIMIT 1
        ) AS unproven
        WHERE account_id IS NULL
    ) AS own
    JOIN LATERAL (
        SELECT id, course_run_id, is_active, program_enrollment_id FROM course_enrollment
        WHERE identity_id = own.id
        OFFSET 0
    ) AS g ON g.course_run_id = run.id
    LEFT JOIN LATERAL (
        SELECT id, status FROM program_enrollment WHERE identity_id = own.id OFFSET 0
    ) AS e ON e.id = g.program_enrollment_id
) AS found ON true
"""


def recognize_people(*, identifiers: Sequence[str]) -> list[Person | None]:
    """Return whom each identifier means, in two queries; None for what means nobody.

    With an @ it is an address, which need not be anybody's yet; without, a username.
    """
    addresses = [find_address(each) if "@" in each else None for each in identifiers]
    usernames = [
        None if "@" in each or UNSTORABLE.search(each) else Account.normalize_username(each)
        for each in identifiers
    ]
    folded = [name.folded if name else None for name in addresses]
    retired = list_retired_addresses(addresses=[each for each in folded if each])
    params = {"positions": range(len(identifiers)), "usernames": usernames, "folded": folded}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {key: list(column) for key, column in params.items()})
        accounts = {position: tuple(account) for position, *account in cursor.fetchall()}
    return [
        _recognize(name, accounts.get(position), retired)
        for position, name in enumerate(addresses)
    ]


def _recognize(
    name: IdentityName | None, account: tuple[Any, ...] | None, retired: frozenset[str]
) -> Person | None:
    if account is None:
        if name is None:
            return None
        fault = "this address is of somebody who was retired" if name.folded in retired else ""
        return Person(
            name=name, account_id=None, is_active=False, address=name.folded, fault=fault
        )
    account_id, uuid, is_active, email = account
    if name is None and is_active:
        own = account_itself(uuid)
        return Person(name=own, account_id=account_id, is_active=True, address=None)
    name = name or find_address(email)
    return Person(
        name=name,
        account_id=account_id,
        is_active=is_active,
        address=name.folded if name else None,
        fault="" if name else "the account cannot be used, and has no e-mail address",
    )


def list_standings(
    *, people: Sequence[Person], run_ids: Sequence[int]
) -> dict[tuple[int, int], Standing]:
    """Return how people stand, by place in ``people`` and id of the course run; one query."""
    params: dict[str, Any] = {
        "positions": list(range(len(people))),
        "account_ids": [person.account_id for person in people],
        "actives": [person.is_active for person in people],
        "folded": [person.address for person in people],
        "run_ids": list(run_ids),
        "studying": STUDYING,
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, params)
        return {
            (position, run_id): Standing(people[position].account_id is not None, *rest)
            for position, run_id, *rest in cursor.fetchall()
        }
