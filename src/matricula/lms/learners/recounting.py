"""Recounting how an account came by its student keys, from the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.profiling import get_profile


class BindingOnce(msgspec.Struct, frozen=True):
    """How a student key was bound from a moment on.

    ``is_theirs`` tells whether it was the account's that was asked about; ``via`` is None while
    the key waited.
    """

    since: datetime
    via: str | None
    is_theirs: bool


class KeyOfAccount(msgspec.Struct, frozen=True):
    """A student key that is an account's, with every binding of it, newest first."""

    organization: str
    value: str
    via: str
    bound_at: datetime
    history: tuple[BindingOnce, ...]


KEYS = """
SELECT i.id, organization.key, i.value, i.bound_via, i.bound_at
FROM identity i
JOIN organization ON organization.id = i.organization_id
WHERE i.account_id = %(account_id)s
  AND (%(everywhere)s OR i.organization_id = ANY(%(organization_ids)s::bigint[]))
ORDER BY organization.key, i.id
"""

HISTORY = """
SELECT c.row_id, s.at, c.after ->> 'bound_via', (c.after ->> 'account_id')::bigint
FROM change c
JOIN change_set s ON s.id = c.change_set_id
WHERE c.row_id = ANY(%(identity_ids)s::bigint[]) AND c.subject = 'identity'
  AND c.after IS NOT NULL
ORDER BY c.id DESC
"""


def recount_bindings(*, asked: str, by: Actor) -> list[KeyOfAccount]:
    """Return the student keys of the account with that username or address, and how they came.

    Of the schools whose enrollments the actor may read.

    Raises:
        UnknownAccount: there is no such account for the actor.
    """
    account_id = get_profile(asked=asked, by=by).id
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    params = {
        "account_id": account_id,
        "everywhere": permitted is None,
        "organization_ids": sorted(permitted or ()),
    }
    rows = _fetch(KEYS, params)
    history = _map_history([row[0] for row in rows], account_id)
    return [
        KeyOfAccount(organization, value, via, bound_at, tuple(history[id_]))
        for id_, organization, value, via, bound_at in rows
    ]


def _map_history(ids: Sequence[int], account_id: int) -> Mapping[int, list[BindingOnce]]:
    history: dict[int, list[BindingOnce]] = defaultdict(list)
    for identity_id, since, via, holder_id in _fetch(HISTORY, {"identity_ids": ids}):
        history[identity_id].append(BindingOnce(since, via, holder_id == account_id))
    return history


def _fetch(statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
