"""Locks that last to the end of the transaction, so that writers of one thing go one by one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection

from matricula.lms.kernel.preparing import prepared_cursor


class Lock(IntEnum):
    """What is locked. The numbers are PostgreSQL's first advisory key: never change one."""

    PROGRAM = 0x4D41_0001
    DIRECT_ENROLLMENTS = 0x4D41_0002
    CATALOG = 0x4D41_0003
    MIGRATION = 0x4D41_0004
    ONE_PROGRAM_PER_RUN = 0x4D41_0005
    MENTION = 0x4D41_0006
    """Of an organization, before any other. Whoever makes several of its identities in one
    statement shares it; who makes some in one statement and some in the next has it alone."""
    ROSTER_JOB = 0x4D41_0007
    """Before even that one: of two workers at one job, one waits and finds the chunk done."""


LOCK = "SELECT count(pg_advisory_xact_lock(%s, id)) FROM unnest(%s::int[]) AS locked (id)"
SHARE = "SELECT count(pg_advisory_xact_lock_shared(%s, id)) FROM unnest(%s::int[]) AS locked (id)"


def lock_until_commit(lock: Lock, ids: Iterable[int], *, shared: bool = False) -> None:
    """Take the locks in ascending order of id, waiting for whoever holds them.

    ``shared`` locks keep out those who want them alone, and not each other.
    """
    with prepared_cursor() as cursor:
        cursor.execute(SHARE if shared else LOCK, [lock.value, sorted(set(ids))])


@contextmanager
def migration_lock() -> Iterator[None]:
    """Keep other migrations out until the block ends, or this process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [Lock.MIGRATION.value])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [Lock.MIGRATION.value])
