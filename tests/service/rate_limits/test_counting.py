"""Counting requests."""

from datetime import timedelta

import pytest

from matricula.service.rate_limits.api import count_request, forget_counts
from matricula.service.rate_limits.models import RequestCount
from tests.given import NOW
from tests.lms.kernel.seeing import count_statements, look
from tests.races.running import at_once

pytestmark = pytest.mark.django_db


def count(caller: str = "mira", *, limit: int = 2, seconds: int = 0) -> int | None:
    return count_request(caller=caller, limit=limit, at=NOW + timedelta(seconds=seconds))


def test_within_the_limit_nobody_waits_and_over_it_till_the_minute_ends() -> None:
    assert [count(), count(seconds=10), count(seconds=20)] == [None, None, 40]
    assert count(seconds=59) == 1


def test_the_next_minute_begins_anew() -> None:
    for _ in range(5):
        count()
    assert [count(seconds=60), count(seconds=61), count(seconds=62)] == [None, None, 58]


def test_callers_are_counted_apart() -> None:
    assert [count(), count(), count("noah")] == [None, None, None]


def test_a_limit_of_nothing_lets_nobody_in() -> None:
    assert count(limit=0) == 60


def test_counting_is_one_statement_on_a_table_that_is_not_logged() -> None:
    assert count_statements(count) == 1
    assert look("SELECT relpersistence FROM pg_class WHERE relname = 'request_count'") == [("u",)]


def test_a_limit_may_be_for_several_minutes_and_is_not_forgotten_meanwhile() -> None:
    def asked(minute: int) -> int | None:
        at = NOW + timedelta(minutes=minute)
        return count_request(caller="mira", limit=2, at=at, minutes=60)

    assert [asked(0), asked(20)] == [None, None]
    forget_counts(at=NOW + timedelta(minutes=30))
    assert asked(59) == 60
    assert asked(60) is None


def test_what_was_counted_earlier_is_forgotten() -> None:
    count("mira")
    count("noah", seconds=60)
    assert forget_counts(at=NOW + timedelta(seconds=119)) == 1
    assert RequestCount.objects.get().caller == "noah"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_exactly() -> None:
    def act() -> list[int | None]:
        return [count(limit=50) for _ in range(25)]

    answers = [each for found in at_once(*[act] * 4) for each in found]
    assert (len(answers), answers.count(None)) == (100, 50)
    assert RequestCount.objects.get().count == 100
