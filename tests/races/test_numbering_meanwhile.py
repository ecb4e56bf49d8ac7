"""The numbering goes on while others write and follow: nothing is skipped or told twice."""

from functools import partial

import pytest
from django.db import transaction

from matricula.lms.changes.api import START, Cursor, list_changes
from matricula.lms.ledger.api import continue_numbering
from matricula.lms.ledger.models import Change as Stored
from tests import given
from tests.lms.kernel.seeing import run
from tests.lms.ledger.restoring import restore_elsewhere
from tests.races.running import Running, at_once

pytestmark = pytest.mark.django_db(transaction=True)

BEYOND_THE_CLOCK = 2**60


def follow(cursor: Cursor, *, limit: int = 1000) -> tuple[list[int], Cursor]:
    page = list_changes(after=cursor, limit=limit, by=given.OPERATOR)
    return [change.id for change in page.changes], page.next_cursor


def stored() -> list[int]:
    return list(Stored.objects.order_by("transaction_id", "pk").values_list("pk", flat=True))


def test_who_has_written_and_not_committed_is_waited_for() -> None:
    first, second = given.program("first"), given.program("second", school_key="LakeU")
    slow = Running(partial(given.enrolled, "rv-1", program=first), before_commit=True)
    given.enrolled("lk-1", program=second)
    continuing = Running(continue_numbering)
    continuing.must_wait()
    assert follow(START) == ([], START)
    slow.result()
    continuing.result()
    told, cursor = follow(START)
    assert told == stored()
    given.enrolled("lk-2", program=second)
    assert told + follow(cursor)[0] == stored()


def test_who_began_before_and_writes_after_comes_after_all_that_is_stored() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    restore_elsewhere(counted_more=BEYOND_THE_CLOCK)

    def begin_and_write() -> None:
        with transaction.atomic():
            run("SELECT txid_current()")
            given.enrolled("rv-2", program=program)

    slow = Running(begin_and_write, before="INSERT INTO change_set")
    given.account("mira")
    given.account("noah")
    continue_numbering()
    told, cursor = follow(START)
    assert len(told) == 2
    slow.result()
    later, _ = follow(cursor)
    assert told + later == stored()
    assert len(later) == 2


def test_who_comes_meanwhile_waits_and_has_a_later_number() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    restore_elsewhere(counted_more=BEYOND_THE_CLOCK)
    continuing = Running(continue_numbering, after="LOCK TABLE")
    writing = Running(partial(given.enrolled, "rv-2", program=program))
    writing.must_wait()
    continuing.result()
    writing.result()
    assert stored() == sorted(stored())
    assert follow(START)[0] == stored()


def test_a_follower_among_many_writers_sees_each_change_once() -> None:
    programs = [given.program(f"p{n}", school_key=f"School{n}") for n in range(3)]
    seen: list[int] = []
    watched: list[Cursor] = []

    def write(number: int) -> None:
        for act in range(30):
            given.enrolled(f"rv-{act}", f"rv-{act + 1}", program=programs[number])

    def watch() -> None:
        cursor = START
        for _ in range(150):
            changes, cursor = follow(cursor, limit=7)
            seen.extend(changes)
        watched.append(cursor)

    def go_on_and_on() -> None:
        for _ in range(10):
            run("UPDATE ledger_numbering SET written_as = 'elsewhere'")
            continue_numbering()

    at_once(*(partial(write, number) for number in range(3)), watch, go_on_and_on)
    seen.extend(follow(watched[0])[0])
    assert seen == stored()
