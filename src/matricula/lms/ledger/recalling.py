"""What rows were at a past moment, as the ledger knows them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

# Per row the last change whose act lies at or before the moment. Deleted rows are found by the
# changes that deleted them.
ROWS_AS_OF = """
SELECT last.after
FROM unnest(%(row_ids)s::bigint[]) AS asked (row_id)
CROSS JOIN LATERAL (
    SELECT c.after
    FROM change c JOIN change_set s ON s.id = c.change_set_id
    WHERE c.row_id = asked.row_id AND c.subject = %(subject)s AND s.at <= %(as_of)s
    ORDER BY s.at DESC, c.id DESC LIMIT 1
) AS last
WHERE last.after IS NOT NULL
"""

DELETED = """
SELECT row_id FROM change
WHERE subject = %(subject)s AND after IS NULL
  AND before -> %(field)s = ANY(%(values)s::jsonb[])
"""

UNBOUND = """
SELECT DISTINCT row_id FROM change
WHERE subject = 'identity' AND before -> 'account_id' = %(account_id)s::text::jsonb
"""


def list_rows_as_of(
    *, subject: str, row_ids: Iterable[int], as_of: datetime
) -> list[dict[str, Any]]:
    """Return the rows of a table that existed at a moment, as they were; one query."""
    params: dict[str, Any] = {"subject": subject, "row_ids": list(row_ids), "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(ROWS_AS_OF, params)
        return [msgspec.json.decode(after) for (after,) in cursor.fetchall()]


def list_deleted_rows(*, subject: str, field: str, values: Sequence[int]) -> list[int]:
    """Return the ids of deleted rows whose ``field`` was one of ``values``; one query."""
    texts = [str(value) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(DELETED, {"subject": subject, "field": field, "values": texts})
        return [row_id for (row_id,) in cursor.fetchall()]


def list_identities_once_of(*, account_id: int) -> list[int]:
    """Return the ids of identities that were an account's and ceased to be; one query."""
    with connection.cursor() as cursor:
        cursor.execute(UNBOUND, {"account_id": account_id})
        return [row_id for (row_id,) in cursor.fetchall()]
