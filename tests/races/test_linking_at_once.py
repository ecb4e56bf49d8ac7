"""Staff who link many students while others link, claim and retire the same."""

from collections.abc import Sequence
from functools import partial

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import (
    Claim,
    LinkOutcome,
    Outcome,
    link_student_keys,
)
from matricula.lms.people.api import retire_account
from tests import given
from tests.races.running import Running, holders_of, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = [f"rv-{number}" for number in range(12)]


@pytest.fixture
def mira() -> Account:
    given.enrolled(*KEYS, program=given.program())
    return given.account("mira")


@pytest.fixture
def ben() -> Account:
    return given.account("ben")


def linked(account: Account, *, keys: Sequence[str] = KEYS) -> list[LinkOutcome]:
    return link_student_keys(
        claims=[Claim(given.key_of(key), account.pk) for key in keys],
        by=given.OPERATOR,
        at=given.NOW,
        reason="asked for",
    )


def test_two_who_link_in_crossed_order_go_one_after_the_other(mira: Account, ben: Account) -> None:
    """Both come to a key in the middle, which somebody else holds."""
    middle = KEYS[5]
    with no_deadlocks():
        holding = Running(partial(linked, mira, keys=[middle]), before_commit=True)
        forwards = Running(partial(linked, mira))
        forwards.must_wait()
        backwards = Running(partial(linked, ben, keys=KEYS[::-1]))
        backwards.must_wait()
        holding.result()
        forwards.result()
        backwards.result()
    assert set(holders_of(KEYS)) == {ben.pk}
    require_whole()


def test_the_second_waits_and_sees_what_the_first_has_linked(mira: Account, ben: Account) -> None:
    first = Running(partial(linked, mira), before_commit=True)
    second = Running(partial(linked, ben))
    second.must_wait()
    assert set(first.result()) == {LinkOutcome.BOUND}
    assert set(second.result()) == {LinkOutcome.MOVED}
    assert set(holders_of(KEYS)) == {ben.pk}
    require_whole()


def test_a_claim_that_waits_for_the_link_is_a_conflict(mira: Account, ben: Account) -> None:
    first = Running(partial(linked, mira), before_commit=True)
    second = Running(partial(given.bound, "rv-1", ben))
    second.must_wait()
    first.result()
    assert second.result().outcome is Outcome.REFUSED
    require_whole()


def test_an_account_that_is_being_retired_gets_nothing(mira: Account) -> None:
    retiring = Running(
        partial(retire_account, account=mira, by=given.OPERATOR, at=given.NOW, reason="asked for"),
        before_commit=True,
    )
    linking = Running(partial(linked, mira))
    linking.must_wait()
    retiring.result()
    assert set(linking.result()) == {LinkOutcome.RETIRED}
    assert set(holders_of(KEYS)) == {None}
    require_whole()
