"""Following the ledger while others write it: nothing is skipped, nothing is told twice."""

from functools import partial

import pytest

from matricula.lms.changes.api import START, Change, Cursor, list_changes
from matricula.lms.ledger.models import Change as Stored
from tests import given
from tests.races.running import Running, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def follow(cursor: Cursor, *, limit: int = 100) -> tuple[list[Change], Cursor]:
    found: list[Change] = []
    is_end = False
    while not is_end:
        page = list_changes(after=cursor, limit=limit, by=given.OPERATOR)
        found += page.changes
        cursor, is_end = page.next_cursor, page.is_end
    return found, cursor


def programs_of(changes: list[Change]) -> list[str]:
    return [
        change.after["program"]
        for change in changes
        if change.subject == "program_enrollment" and change.after
    ]


def test_who_began_earlier_and_commits_later_is_not_skipped() -> None:
    first, second = given.program("first"), given.program("second", school_key="LakeU")
    slow = Running(partial(given.enrolled, "rv-1", program=first), before_commit=True)
    given.enrolled("lk-1", program=second)
    seen, cursor = follow(START)
    assert programs_of(seen) == []
    slow.result()
    given.enrolled("lk-2", program=second)
    later, cursor = follow(cursor)
    assert programs_of(later) == ["first", "second", "second"]
    assert follow(cursor) == ([], cursor)


def test_what_was_committed_before_the_slow_one_began_is_told_at_once() -> None:
    first, second = given.program("first"), given.program("second", school_key="LakeU")
    given.enrolled("lk-1", program=second)
    slow = Running(partial(given.enrolled, "rv-1", program=first), before_commit=True)
    seen, cursor = follow(START)
    assert programs_of(seen) == ["second"]
    slow.result()
    assert programs_of(follow(cursor)[0]) == ["first"]


def test_a_follower_among_many_writers_sees_each_change_once() -> None:
    programs = [given.program(f"p{n}", school_key=f"School{n}") for n in range(4)]
    seen: list[int] = []

    def write(number: int) -> None:
        for act in range(30):
            given.enrolled(f"rv-{act}", f"rv-{act + 1}", program=programs[number])

    def watch() -> None:
        cursor = START
        for _ in range(150):
            changes, cursor = follow(cursor, limit=7)
            seen.extend(change.id for change in changes)
        watched.append(cursor)

    watched: list[Cursor] = []
    at_once(*(partial(write, number) for number in range(4)), watch)
    seen.extend(change.id for change in follow(watched[0])[0])
    stored = Stored.objects.order_by("transaction_id", "pk").values_list("pk", flat=True)
    assert seen == list(stored)
