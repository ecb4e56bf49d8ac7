"""Leaving a school's sign-on."""

import pytest
from allauth.socialaccount.models import SocialAccount

from matricula.lms.sign_on.api import LastWayIn, NotJoined, OnlyOwnWays, leave_provider
from tests import given
from tests.browsing import an_account
from tests.signing_on import come_by, provider

pytestmark = pytest.mark.django_db


def test_one_of_two_schools_is_left_without_a_password() -> None:
    mira = an_account(password=None)
    for slug in ("one", "two"):
        come_by(provider(slug), key="rv-1", joining=mira)
    leave_provider(slug="one", account_id=mira.pk, by=given.acting(mira))
    assert SocialAccount.objects.get().provider == "two"
    with pytest.raises(LastWayIn):
        leave_provider(slug="two", account_id=mira.pk, by=given.acting(mira))


def test_what_was_never_joined_cannot_be_left() -> None:
    mira = an_account()
    with pytest.raises(NotJoined):
        leave_provider(slug="one", account_id=mira.pk, by=given.acting(mira))


def test_nobody_leaves_for_another() -> None:
    mira = an_account()
    come_by(provider(), key="rv-1", joining=mira)
    for by in (given.OPERATOR, given.acting(given.account("noor"))):
        with pytest.raises(OnlyOwnWays):
            leave_provider(slug="riveru", account_id=mira.pk, by=by)
