"""How large the database is, and what holds the ledger's followers back."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

TABLES_SHOWN = 15


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """How far whoever follows the ledger can see.

    ``held_back`` are acts that are committed, and not shown to followers as long as an older
    transaction is running; ``oldest_at`` is since when that one does.
    """

    last_at: datetime | None
    held_back: int
    oldest_at: datetime | None


class Table(msgspec.Struct, frozen=True):
    """A table with its indexes, in bytes; ``rows`` is the database's own estimate."""

    name: str
    size: int
    rows: int | None


class Size(msgspec.Struct, frozen=True):
    """How large the database is in all, in bytes, and its largest tables."""

    total: int
    tables: tuple[Table, ...]


# Of transactions only those that have a number hold anybody back. Other roles' are counted as
# running, but when they began only they themselves may read.
LEDGER = """
SELECT (SELECT recorded_at FROM change_set ORDER BY id DESC LIMIT 1),
       (SELECT count(*) FROM change_set WHERE transaction_id >= ledger_horizon()),
       (SELECT min(xact_start) FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND datname = current_database()
          AND pid <> pg_backend_pid())
"""

SIZE = "SELECT pg_database_size(current_database())"

TABLES = """
SELECT relname, pg_total_relation_size(oid), nullif(reltuples, -1)::bigint
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
ORDER BY pg_total_relation_size(oid) DESC, relname LIMIT %(limit)s
"""


def measure_ledger() -> Ledger:
    """Return how far followers of the ledger can see; one query."""
    last_at, held_back, oldest_at = _fetch(LEDGER, {})[0]
    return Ledger(last_at=last_at, held_back=held_back, oldest_at=oldest_at)


def measure_size() -> Size:
    """Return the size of the database, and of its largest tables; two queries."""
    total = _fetch(SIZE, {})[0][0]
    tables = tuple(Table(*row) for row in _fetch(TABLES, {"limit": TABLES_SHOWN}))
    return Size(total, tables)


def _fetch(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
