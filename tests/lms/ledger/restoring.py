"""A ledger as it is found after a dump was restored into another server."""

from django.db import transaction

from tests.lms.kernel.seeing import run

IN_THE_FUTURE = 10**9
"""No test's server has counted so far."""

COPY_NUMBERING = """
CREATE TEMPORARY TABLE dumped ON COMMIT DROP AS SELECT * FROM ledger_numbering;
DELETE FROM ledger_numbering;
INSERT INTO ledger_numbering SELECT * FROM dumped
"""

COUNT_FROM_ELSEWHERE = """
SET LOCAL session_replication_role = replica;
UPDATE change_set SET transaction_id = transaction_id + %s;
UPDATE change SET transaction_id = transaction_id + %s
"""

LOSE_CHANGES = """
SET LOCAL session_replication_role = replica;
DELETE FROM change WHERE id > %s;
DELETE FROM change_set WHERE id > (SELECT max(change_set_id) FROM change)
"""


def restore_elsewhere(*, counted_more: int = 0) -> None:
    """Leave what a restore leaves: rows as they were, written by this server.

    The server of the dump had ``counted_more`` transactions than this one.
    """
    with transaction.atomic():
        run(COPY_NUMBERING)
        if counted_more:
            run(COUNT_FROM_ELSEWHERE, counted_more, counted_more)


def lose_changes(*, after: int) -> None:
    """Take back the changes that were written after a dump was made, and their change sets."""
    with transaction.atomic():
        run(LOSE_CHANGES, after)
