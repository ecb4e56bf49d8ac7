"""People who come by their school for the first time, twice at once."""

from functools import partial

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity
from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.models import Assertion, Provider, Settlement
from matricula.lms.sign_on.settling import settle_assertion
from matricula.lms.sign_on.signing_in import Entry, sign_in, speak_for
from tests import given
from tests.races.running import at_once
from tests.signing_on import provider

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 6


def come(made: Provider, subject: str, key: str) -> Entry:
    entry = sign_in(
        provider=made,
        asserted=Asserted(subject=subject, student_key=key, username="mira"),
        joining=None,
        by=speak_for(made),
        at=given.NOW,
    )
    settle_assertion(social_account_id=entry.social_account.pk, at=given.NOW)
    return entry


def test_one_person_who_clicks_often_gets_one_account_and_one_binding() -> None:
    made = provider()

    entries = at_once(*[partial(come, made, "s", "rv-1")] * TIMES)

    assert len({entry.account.pk for entry in entries}) == 1
    assert [entry.is_new for entry in entries].count(True) == 1
    assert Account.objects.count() == Assertion.objects.count() == 1
    assert Identity.objects.get().account == Account.objects.get()


def test_people_of_one_username_get_an_account_each() -> None:
    made = provider()

    entries = at_once(*(partial(come, made, f"s-{n}", f"rv-{n}") for n in range(TIMES)))

    assert len({entry.account.username.lower() for entry in entries}) == TIMES
    assert Identity.objects.exclude(account=None).count() == TIMES


def test_of_two_people_with_one_key_one_has_it_and_the_other_a_conflict() -> None:
    made = provider()

    at_once(*(partial(come, made, f"s-{n}", "rv-1") for n in range(2)))

    settled = sorted(Assertion.objects.values_list("settlement", flat=True))
    assert settled == [Settlement.BOUND, Settlement.CONFLICT]
    assert Account.objects.count() == 2
