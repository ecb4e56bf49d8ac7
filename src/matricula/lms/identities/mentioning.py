"""Mentioning: whichever side names somebody first makes the identity row.

The unique constraint is the lock, so a sign-up that races a roster leaves one row, and no state
exists in which an enrollment could miss its person.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from matricula.lms.identities.models import Kind
from matricula.lms.identities.naming import IdentityName
from matricula.lms.kernel.api import Source

# In one order: writers that make the same rows then wait for each other in the same order, and
# none waits in a circle.
MENTION = """
INSERT INTO identity (kind, organization_id, value, folded)
SELECT kind, organization_id, value, folded
FROM {incoming} AS r
WHERE is_mentioned
ORDER BY kind, organization_id, folded COLLATE "C"
ON CONFLICT (kind, organization_id, folded) DO NOTHING
"""


def mention_identities(cursor: CursorWrapper, *, rows: Source) -> None:
    """Make the identities that are not there yet, for staged rows that have ``is_mentioned``.

    ``rows`` has the columns ``kind``, ``organization_id``, ``value``, ``folded`` and
    ``is_mentioned``. Within the caller's recorded transaction. A later statement sees every one of
    them, whoever made it.
    """
    cursor.execute(MENTION.format(incoming=rows.relation), rows.params)


# An account's own identity is bound from the first, and its value is the account's uuid.
# The account is locked, so that none is retired while it gets one.
MENTION_ACCOUNTS = """
WITH living AS MATERIALIZED (
    SELECT id, uuid FROM account
    WHERE retired_at IS NULL AND merged_into_id IS NULL AND uuid = ANY(%(uuids)s::uuid[])
    ORDER BY id FOR SHARE
)
INSERT INTO identity
    (kind, value, folded, account_id, bound_at, bound_via)
SELECT 'account', uuid::text, uuid::text, id, %(at)s, 'account'
FROM living
ORDER BY uuid::text COLLATE "C"
ON CONFLICT (kind, organization_id, folded) DO NOTHING
"""


def mention_account_identities(
    cursor: CursorWrapper, *, names: Iterable[IdentityName], at: datetime
) -> None:
    """Make the own identities of the accounts among ``names``, where they are not there yet.

    Unknown, retired and merged accounts get none. Within the caller's recorded transaction.
    """
    uuids = [name.folded for name in names if name.kind is Kind.ACCOUNT and name.is_uuid]
    if uuids:
        cursor.execute(MENTION_ACCOUNTS, {"uuids": uuids, "at": at})


def as_student_keys(rows: Source, *, organization_id: int) -> Source:
    """Return staged rows with ``kind`` and ``organization_id`` of one school's student keys."""
    keys = rows.only("value", "folded", "is_mentioned")
    return Source(
        "(SELECT 'student_key' AS kind, %(organization_id)s::bigint AS organization_id,"
        f" value, folded, is_mentioned FROM {keys.relation} AS keys)",
        {**keys.params, "organization_id": organization_id},
    )
