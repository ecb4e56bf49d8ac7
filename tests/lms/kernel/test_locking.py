"""Locks are taken in one order and held until the transaction ends."""

import pytest
from django.db import transaction

from matricula.lms.kernel.api import (
    Lock,
    Wanted,
    lock_in_turn_until_commit,
    lock_until_commit,
    migration_lock,
)
from tests.lms.kernel.seeing import look
from tests.races.running import Running

HELD = """
SELECT classid::bigint, objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND granted ORDER BY 2
"""


@pytest.mark.django_db(transaction=True)
def test_a_lock_lasts_as_long_as_the_transaction() -> None:
    with transaction.atomic():
        lock_until_commit(Lock.PROGRAM, [9, 7, 9])
        assert look(HELD) == [(Lock.PROGRAM.value, 7), (Lock.PROGRAM.value, 9)]
    assert look(HELD) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_may_be_locked() -> None:
    with transaction.atomic():
        lock_until_commit(Lock.PROGRAM, [])
        assert look(HELD) == []


HOW_HELD = """
SELECT classid::bigint, objid::bigint, mode FROM pg_locks
WHERE locktype = 'advisory' AND granted ORDER BY 1
"""


def lock_school_and_program() -> None:
    with transaction.atomic():
        lock_in_turn_until_commit(Wanted(Lock.MENTION, 3, is_shared=True), Wanted(Lock.PROGRAM, 7))
        assert look(HOW_HELD) == [
            (Lock.PROGRAM.value, 7, "ExclusiveLock"),
            (Lock.MENTION.value, 3, "ShareLock"),
        ]


@pytest.mark.django_db(transaction=True)
def test_several_things_may_be_locked_at_once_and_some_be_shared() -> None:
    lock_school_and_program()
    assert look(HELD) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("taken", "seen"),
    [
        ((Lock.MENTION, 3), []),
        ((Lock.PROGRAM, 7), [(Lock.MENTION.value, 3, "ShareLock")]),
    ],
)
def test_several_things_are_locked_in_the_order_in_which_they_are_named(
    taken: tuple[Lock, int], seen: list[tuple[int, int, str]]
) -> None:
    with transaction.atomic():
        lock_until_commit(taken[0], [taken[1]])
        other = Running(lock_school_and_program)
        other.must_wait()
        ours = (taken[0].value, taken[1], "ExclusiveLock")
        assert [each for each in look(HOW_HELD) if each != ours] == seen
    other.result()


@pytest.mark.django_db(transaction=True)
def test_the_lock_of_a_migration_ends_with_its_block() -> None:
    with migration_lock():
        assert look(HELD) == [(Lock.MIGRATION.value, 0)]
    assert look(HELD) == []


@pytest.mark.django_db(transaction=True)
def test_the_lock_of_a_migration_ends_when_the_block_fails() -> None:
    with pytest.raises(RuntimeError), migration_lock():
        raise RuntimeError
    assert look(HELD) == []


def test_no_two_things_share_a_lock() -> None:
    assert len(list(Lock)) == len(Lock.__members__) > 3
