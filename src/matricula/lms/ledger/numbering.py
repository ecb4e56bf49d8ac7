"""Numbering transactions on and on, on whatever server the ledger is.

The order of commits goes by the server's own number of a transaction. A dump takes the numbers
into a server that counts from elsewhere, so the ledger adds to the server's number what it is
ahead. Numbers never come again, not even those that were given after the dump and are lost.
"""

from django.db import connection, transaction

# A dump takes what stands in the row, and not the oid of its table and the row's xmin: both are
# others after a restore. Rows that were replicated logically may have come without it.
NUMBERED_ELSEWHERE = """
SELECT EXISTS (
    SELECT FROM ledger_numbering WHERE written_as <> tableoid || '/' || xmin
) OR EXISTS (
    SELECT FROM change WHERE transaction_id >= ledger_end()
) OR EXISTS (
    SELECT FROM change_set WHERE transaction_id >= ledger_end()
)
"""

HAS_NUMBERING = "SELECT EXISTS (SELECT FROM ledger_numbering)"

# Shared with nobody who has named a change set: those are waited for, and who comes later waits,
# and then reads the new numbering.
KEEP_WRITERS_OUT = "LOCK TABLE change_set IN SHARE MODE"

# No server gives a million numbers a second. So the microseconds of the clock are beyond all that
# any server has given, this dump's or one that is lost. From the oldest running transaction on, so
# that who began before this and writes after it is beyond them too.
CONTINUE = """
INSERT INTO ledger_numbering (id, ahead, written_as)
SELECT 1,
       greatest(last + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
           - pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       'ledger_numbering'::regclass::oid || '/' || pg_current_xact_id()::xid
FROM (
    SELECT greatest(
        (SELECT max(transaction_id) FROM change), (SELECT max(transaction_id) FROM change_set)
    ) AS last
) AS ledger
ON CONFLICT (id) DO UPDATE SET ahead = excluded.ahead, written_as = excluded.written_as
"""


def is_numbered_elsewhere() -> bool:
    """Tell whether the ledger has come from another server, and does not go on there yet."""
    return _ask(NUMBERED_ELSEWHERE)


def continue_numbering() -> None:
    """Let the next change come after every one that is stored, or was told to anybody.

    Does nothing on the server that has numbered the ledger so far. Else it waits for those who
    write. Its caller keeps others out who would do the same.
    """
    if _ask(HAS_NUMBERING) and not is_numbered_elsewhere():
        return
    # A savepoint would leave its own xmin in the row.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(KEEP_WRITERS_OUT)
        cursor.execute(CONTINUE)


def _ask(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return bool(cursor.fetchone()[0])
