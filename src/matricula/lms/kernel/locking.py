"""Locks that last to the end of the transaction, so that writers of one thing go one by one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class Lock(IntEnum):
    """What is locked. The numbers are PostgreSQL's first advisory key: never change one."""

    PROGRAM = 0x4D41_0001
    DIRECT_ENROLLMENTS = 0x4D41_0002
    CATALOG = 0x4D41_0003
    MIGRATION = 0x4D41_0004


LOCK = "SELECT count(pg_advisory_xact_lock(%s, id)) FROM unnest(%s::int[]) AS locked (id)"


def lock_until_commit(lock: Lock, ids: Iterable[int]) -> None:
    """Take the locks in ascending order of id, waiting for whoever holds them."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [lock.value, sorted(set(ids))])


@contextmanager
def migration_lock() -> Iterator[None]:
    """Keep other migrations out until the block ends, or this process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [Lock.MIGRATION.value])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [Lock.MIGRATION.value])
