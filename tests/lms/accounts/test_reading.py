"""Finding accounts."""

import pytest

from matricula.lms.accounts.api import (
    UnknownAccount,
    get_account,
    map_account_ids,
    map_account_uuids,
    map_usernames,
)
from tests import given

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("username", ["mira", "MIRA", " mira "])
def test_an_account_is_found_in_any_letter_case(username: str) -> None:
    mira = given.account("mira")
    assert get_account(username=username) == mira


def test_nobody_is_refused() -> None:
    for username in ("nobody", "", "mir", "%"):
        with pytest.raises(UnknownAccount):
            get_account(username=username)


def test_usernames_and_ids_are_mapped() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    assert map_usernames(account_ids=[mira.pk, noah.pk, -1]) == {mira.pk: "mira", noah.pk: "noah"}
    found = map_account_ids(usernames=["MIRA", "noah", "nobody"])
    assert found == {"MIRA": mira.pk, "noah": noah.pk}
    uuids = map_account_uuids(usernames=["MIRA", "nobody"])
    assert uuids == {"MIRA": mira.uuid}
    assert map_usernames(account_ids=[]) == {}
    assert map_account_ids(usernames=[]) == {}


@pytest.mark.parametrize("typed", ["zoe\u0308", "ZOE\u0308", "zo\u00eb"])
def test_an_account_is_found_in_any_unicode_composition(typed: str) -> None:
    zoe = given.account("zo\u00eb", email="z@example.org")
    assert get_account(username=typed) == zoe
    assert map_account_ids(usernames=[typed]) == {typed: zoe.pk}


def test_every_spelling_that_is_asked_for_is_answered() -> None:
    mira = given.account("mira")
    asked = ["mira", "MIRA", " mira "]
    assert map_account_ids(usernames=asked) == dict.fromkeys(asked, mira.pk)


def test_what_no_username_can_be_is_nobodys() -> None:
    unstorable = "mi\x00ra"
    assert map_account_ids(usernames=[unstorable]) == {}
    with pytest.raises(UnknownAccount):
        get_account(username=unstorable)
