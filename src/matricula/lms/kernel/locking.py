"""Locks that last to the end of the transaction, so that writers of one thing go one by one."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from matricula.lms.kernel.preparing import prepared_cursor
from matricula.lms.kernel.staging import as_array
from matricula.service.migrating import MIGRATION_LOCK


class Lock(IntEnum):
    """What is locked. The numbers are PostgreSQL's first advisory key: never change one."""

    PROGRAM = 0x4D41_0001
    DIRECT_ENROLLMENTS = 0x4D41_0002
    CATALOG = 0x4D41_0003
    MIGRATION = MIGRATION_LOCK
    ONE_PROGRAM_PER_RUN = 0x4D41_0005
    MENTION = 0x4D41_0006
    """Of an organization, before any other. Whoever makes several of its identities in one
    statement shares it; who makes some in one statement and some in the next has it alone."""
    ROSTER_JOB = 0x4D41_0007
    """Before even that one: of two workers at one job, one waits and finds the chunk done."""
    SUBJECT = 0x4D41_0008
    """Of somebody at a provider (a hash of both), who may sign in twice at once."""


# unnest gives the rows in the order of the arrays, and so they are locked.
TAKE_LOCKS = """
SELECT count(
    CASE WHEN is_shared THEN pg_advisory_xact_lock_shared(lock, id)
         ELSE pg_advisory_xact_lock(lock, id) END
)
FROM unnest(%(locks)s::int[], %(locked_ids)s::int[], %(are_shared)s::boolean[])
    AS wanted (lock, id, is_shared)
"""


class Wanted(NamedTuple):
    """A lock that somebody wants: of a thing, alone or with others who share it."""

    lock: Lock
    id: int
    is_shared: bool = False


def lock_until_commit(lock: Lock, ids: Iterable[int], *, shared: bool = False) -> None:
    """Take the locks in ascending order of id, waiting for whoever holds them.

    ``shared`` locks keep out those who want them alone, and not each other.
    """
    lock_in_turn_until_commit(*(Wanted(lock, id_, shared) for id_ in sorted(set(ids))))


def lock_in_turn_until_commit(*wanted: Wanted) -> None:
    """Take the locks in this order and in one statement, waiting for whoever holds them."""
    with prepared_cursor() as cursor:
        cursor.execute(TAKE_LOCKS, as_lock_params(wanted))


def as_lock_params(wanted: Sequence[Wanted]) -> dict[str, str]:
    """Return the parameters of ``TAKE_LOCKS``, for statements that it is a part of."""
    locks, ids, are_shared = zip(*wanted, strict=True) if wanted else ((), (), ())
    return {
        "locks": as_array(locks),
        "locked_ids": as_array(ids),
        "are_shared": as_array(are_shared),
    }
