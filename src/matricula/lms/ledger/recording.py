"""Naming the change set under which a transaction writes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from matricula.lms.kernel.api import (
    TAKE_LOCKS,
    UNSTORABLE,
    Actor,
    Invalid,
    Wanted,
    as_lock_params,
    prepared_cursor,
    sent_together,
)

REASON_LENGTH = 2_000


class InvalidReason(Invalid):
    """The reason cannot be kept."""

    code = "invalid-reason"


# Plans made in this transaction may be kept for the connection: those of prepared statements, of
# triggers and of foreign keys. Read whole, a table that is small now would be read whole for each
# row when it is large, so what has an index is asked by it (ADR 0005). Before PostgreSQL 18 that
# makes costs absurd, by which it would compile.
NAME_CHANGE_SET = f"""
WITH named AS (
    INSERT INTO change_set (uuid, actor, channel, reason, request_id, at)
    VALUES (gen_random_uuid(), %(actor)s, %(channel)s, %(reason)s, %(request_id)s, %(at)s)
    RETURNING id
)
SELECT id, current_setting('matricula.change_set', true),
       set_config('matricula.change_set', id::text, true),
       set_config('enable_seqscan', 'off', true),
       set_config('jit', 'off', true),
       ({TAKE_LOCKS})
FROM named
"""

NAME_AGAIN = "SELECT set_config('matricula.change_set', %s, true)"


# Of this transaction: others name theirs meanwhile. Asked in a query of its own, the number is
# one for all rows, and found by the index.
LAST_NAMED = """
SELECT coalesce(max(id), 0) FROM change_set WHERE transaction_id = (SELECT ledger_present())
"""

NAMED_SINCE = """
SELECT id FROM change_set
WHERE transaction_id = (SELECT ledger_present()) AND id > %s ORDER BY id
"""


class NamedChangeSet:
    """The change set that a transaction has named, or is about to name."""

    def __init__(
        self, cursor: CursorWrapper, named: Mapping[str, Any], *, is_outermost: bool
    ) -> None:
        """Name it by ``cursor``, which is for nothing else."""
        self._cursor = cursor
        self._named = named
        self._is_outermost = is_outermost
        self.has_ended = False

    def name(self, *wanted: Wanted) -> None:
        """Put the transaction under it, from the next statement on, and take locks in this order.

        Who waited for a lock sees in the next statement what its holder did.
        """
        self._cursor.execute(NAME_CHANGE_SET, {**self._named, **as_lock_params(wanted)})

    def end(self) -> None:
        """Commit, with what was sent before, unless the transaction is within another one.

        It is the last statement: who waits for the answer to one before waits for the commit too,
        and does not go to the server once more for it. A commit that is refused is raised there.
        """
        if self._is_outermost:
            self._cursor.execute("COMMIT")
            self.has_ended = True

    @cached_property
    def id_and_outer(self) -> tuple[int, str]:
        """Its own id, and the name of the one that was in force before, if any."""
        id_, outer = self._cursor.fetchone()[:2]
        return id_, outer or ""


@contextmanager
def recorded(*, by: Actor, at: datetime, reason: str = "") -> Iterator[int]:
    """Open a transaction whose changes are ``by``'s, and yield the id of its change set.

    Inside another transaction this is a savepoint, and what the outer one writes afterwards is
    under its own change set again.

    Raises:
        InvalidReason: it has control characters, or over ``REASON_LENGTH`` characters.
    """
    with recording(by=by, at=at, reason=reason) as change_set:
        with sent_together():  # with it goes the BEGIN
            change_set.name()
        yield change_set.id_and_outer[0]


@contextmanager
def recording(*, by: Actor, at: datetime, reason: str = "") -> Iterator[NamedChangeSet]:
    """Open a transaction as ``recorded`` does, which the caller puts under its change set.

    For callers who send the name together with the first statements that write; without it, the
    tables refuse those.

    Raises:
        InvalidReason: it has control characters, or over ``REASON_LENGTH`` characters.
    """
    require_storable_reason(reason)
    named = {
        "actor": by.name,
        "channel": by.channel,
        "reason": reason,
        "request_id": by.request_id,
        "at": at,
    }
    nested = connection.in_atomic_block
    with transaction.atomic(), prepared_cursor() as cursor:
        change_set = NamedChangeSet(cursor, named, is_outermost=not nested)
        yield change_set
        if nested and not transaction.get_rollback():  # a rollback takes the name back by itself
            cursor.execute(NAME_AGAIN, [change_set.id_and_outer[1]])


@contextmanager
def collecting_change_sets() -> Iterator[list[int]]:
    """Yield a list that has, after the block, the ids of the change sets named in it.

    Within a transaction of the caller's.
    """
    named: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(LAST_NAMED)
        last = cursor.fetchone()[0]
        yield named
        cursor.execute(NAMED_SINCE, [last])
        named += (id_ for (id_,) in cursor.fetchall())


def require_storable_reason(reason: str) -> None:
    """Answer with silence if a reason can be kept.

    Raises:
        InvalidReason: it has control characters, or over ``REASON_LENGTH`` characters.
    """
    if len(reason) > REASON_LENGTH:
        message = _("The reason has %(length)s characters; %(limit)s are possible.") % {
            "length": len(reason),
            "limit": REASON_LENGTH,
        }
        raise InvalidReason(message)
    if found := UNSTORABLE.search(reason):
        message = _("The reason has a control character (%(sign)s) at position %(at)s.") % {
            "sign": f"U+{ord(found[0]):04X}",
            "at": found.start() + 1,
        }
        raise InvalidReason(message)
