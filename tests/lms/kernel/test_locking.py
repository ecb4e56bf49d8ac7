"""Locks are taken in one order and held until the transaction ends."""

import pytest
from django.db import transaction

from matricula.lms.kernel.api import Lock, lock_until_commit, migration_lock
from tests.lms.kernel.seeing import look

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
