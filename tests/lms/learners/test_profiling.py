"""Profiles: of oneself, and of the people of a school one may read about."""

import pytest

from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.identities.api import email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import get_profile, list_profiles, list_profiles_of_address
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira() -> Account:
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


def usernames(*asked: str, by: Actor = given.OPERATOR) -> list[str]:
    return [profile.username for profile in list_profiles(usernames=asked, by=by)]


def of_address(address: str, by: Actor = given.OPERATOR) -> list[str]:
    return [profile.username for profile in list_profiles_of_address(address=address, by=by)]


def test_everybody_has_their_own_profile(mira: Account) -> None:
    [found] = list_profiles(usernames=["MIRA"], by=given.acting(mira))
    assert (found.id, found.username, found.email) == (mira.pk, "mira", "mira@example.org")
    assert (found.is_active, found.date_joined, found.last_login) == (True, given.NOW, None)


def test_a_stranger_has_none(mira: Account) -> None:
    by = given.acting(given.account("noah"))
    assert usernames("mira", "noah", "nobody", by=by) == ["noah"]
    assert of_address("mira@example.org", by=by) == []
    assert of_address("noah@example.org", by=by) == ["noah"]
    with pytest.raises(UnknownAccount):
        get_profile(asked="mira", by=by)


def test_a_reader_of_a_school_sees_that_schools_people(mira: Account) -> None:
    noah = given.account("noah")
    given.bound("lk-1", noah, school_key="LakeU")
    assert usernames("mira", "noah", by=given.holder_of("read")) == ["mira"]
    everywhere = given.holder_of("support", school_key=None, username="agent")
    assert usernames("mira", "noah", by=everywhere) == ["mira", "noah"]


def test_who_has_proven_an_address_comes_first(mira: Account) -> None:
    given.account("early", email="shared@example.org")
    late = given.account("late", email="other@example.org")
    given.bound(email_address("Shared@example.org"), late)
    assert of_address("SHARED@example.org") == ["late", "early"]
    assert get_profile(asked="shared@example.org", by=given.OPERATOR).username == "late"


def test_a_username_goes_before_an_address() -> None:
    given.account("a@x.org", email="b@x.org")
    given.account("noah", email="a@x.org")
    assert get_profile(asked="a@x.org", by=given.OPERATOR).username == "a@x.org"


@pytest.mark.parametrize("asked", ["a+b@x.org", "a b@x.org", " A B@x.org "[1:-1]])
def test_a_plus_that_became_a_blank_is_tried_as_a_plus(asked: str) -> None:
    given.account("anna", email="a+b@x.org")
    assert of_address(asked) == ["anna"]
    assert get_profile(asked=asked, by=given.OPERATOR).username == "anna"


def test_but_only_if_nobody_has_it_as_given() -> None:
    given.account("plus", email="a+b@x.org")
    given.account("blank", email="c@x.org")
    given.bound(email_address("a b@x.org"), Account.objects.get(username="blank"))
    assert of_address("a b@x.org") == ["blank"]


@pytest.mark.parametrize("asked", ["", " ", "\x00", "a\x00@x.org", "%", "'"])
def test_odd_words_find_nobody(asked: str, mira: Account) -> None:
    Account.objects.create(username="without", email="")
    assert usernames(asked) == []
    assert of_address(asked) == []
    with pytest.raises(UnknownAccount):
        get_profile(asked=asked, by=given.OPERATOR)


def test_any_number_takes_two_queries(mira: Account) -> None:
    names = ["mira", *(given.account(f"u{n}").username for n in range(30))]
    by = given.acting(mira)
    for asked in (names[:1], names):
        assert count_statements(lambda asked=asked: usernames(*asked, by=by)) == 2  # type: ignore[misc]  # bound now
