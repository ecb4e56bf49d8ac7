"""What is missing before somebody has what may be waiting for them."""

import pytest
from allauth.account.models import EmailAddress
from pytest_django import DjangoAssertNumQueries

from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import get_learner, list_lacks
from tests import given
from tests.browsing import an_account
from tests.signing_on import come_by, provider

pytestmark = pytest.mark.django_db


def codes(account: Account, *, by: Actor = given.OPERATOR) -> list[str] | None:
    lacks = list_lacks(learner=get_learner(username=account.username, by=by), by=by)
    return None if lacks is None else [each.code for each in lacks]


def test_addresses_to_prove_and_keys_to_decide_are_named() -> None:
    mira = an_account()
    given.bound("rv-1", given.account("noor"))
    come_by(provider(), key="rv-1", joining=mira)
    EmailAddress.objects.create(user=mira, email="mira@example.org")
    lacks = list_lacks(
        learner=get_learner(username="mira", by=given.OPERATOR), by=given.acting(mira)
    )
    assert lacks is not None
    assert [(each.code, each.what) for each in lacks] == [
        ("address-unproven", "mira@example.org"),
        ("sign-on-conflict", "riveru"),
    ]
    assert "belongs to another account" in lacks[1].detail


def test_nothing_is_missing_of_whom_all_is_known() -> None:
    mira = an_account()
    come_by(provider(), key="rv-1", joining=mira)
    assert codes(mira) == []


def test_a_closed_account_says_so() -> None:
    mira = an_account()
    Account.objects.filter(pk=mira.pk).update(is_active=False)
    assert codes(mira) == ["account-closed"]


def test_a_school_is_not_told_of_addresses() -> None:
    mira, writer = an_account(), given.account("writer")
    given.bound("rv-1", mira)
    given.with_role("write", writer)
    assert codes(mira, by=given.acting(writer)) is None


def test_it_takes_as_many_queries_for_few_as_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mira = an_account()
    learner = get_learner(username="mira", by=given.OPERATOR)
    for count in (1, 8):
        for each in range(count):
            email = f"{count}-{each}@example.org"
            EmailAddress.objects.create(user=mira, email=email)
        with django_assert_num_queries(3):
            assert list_lacks(learner=learner, by=given.OPERATOR)
