"""edX's account API: what front ends and the support tool read of a person."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

ACCOUNTS = "/api/user/v1/accounts"


@pytest.fixture
def mira() -> Account:
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


def listed(caller: APIClient, **asked: str) -> Any:  # noqa: ANN401  whatever is answered
    answer = caller.get(ACCOUNTS, asked)
    return [each["username"] for each in answer.json()] if answer.status_code == 200 else None


@pytest.mark.parametrize("address", [f"{ACCOUNTS}/mira", f"{ACCOUNTS}/mira/", f"{ACCOUNTS}/MIRA"])
def test_a_person_reads_their_own_account(address: str, mira: Account) -> None:
    answer = calling_as(mira).get(address)
    assert answer.status_code == 200
    read = answer.json()
    assert (read["username"], read["id"]) == ("mira", mira.pk)
    assert (read["name"], read["email"]) == ("", "mira@example.org")
    assert (read["is_active"], read["date_joined"]) == (True, "2031-01-10T09:00:00Z")
    assert read["profile_image"] == {
        "has_image": False,
        "image_url_full": None,
        "image_url_large": None,
        "image_url_medium": None,
        "image_url_small": None,
    }
    assert (read["bio"], read["language_proficiencies"]) == (None, [])


def test_support_reads_every_account(mira: Account) -> None:
    agent = calling_with("support", school_key=None)
    assert agent.get(f"{ACCOUNTS}/mira").json()["email"] == "mira@example.org"


def test_an_account_that_one_may_not_see_is_as_one_that_does_not_exist(mira: Account) -> None:
    stranger = calling_as(given.account("noah"))
    elsewhere = calling_with("support", school_key="LakeU", username="lake")
    for caller in (stranger, elsewhere):
        hidden, missing = (caller.get(f"{ACCOUNTS}/{name}") for name in ("mira", "nobody"))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.json() == missing.json()
    assert calling_with("read").get(f"{ACCOUNTS}/mira").status_code == 200


@pytest.mark.parametrize("address", [ACCOUNTS, f"{ACCOUNTS}/mira", "/api/user/v1/me"])
def test_nobody_in_particular_is_asked_to_sign_in(address: str) -> None:
    assert calling_anonymously().get(address).status_code == 401


def test_several_are_asked_for_with_commas(mira: Account) -> None:
    given.account("noah")
    agent = calling_with("support", school_key=None)
    assert listed(agent, username="noah,mira,nobody,") == ["mira", "noah"]
    assert listed(calling_as(mira), username="noah,mira") == ["mira"]
    assert listed(calling_as(mira), username="noah") is None
    assert listed(agent) == listed(agent, username="", email=" ") == []


def test_support_finds_an_account_by_its_address(mira: Account) -> None:
    given.account("anna", email="a+b@x.org")
    agent = calling_with("support", school_key=None)
    assert listed(agent, email="MIRA@example.org") == ["mira"]
    assert listed(agent, email="a+b@x.org") == ["anna"]
    assert agent.get(f"{ACCOUNTS}?email=a+b@x.org").json()[0]["username"] == "anna"
    assert listed(agent, email="nobody@x.org") is None
    assert listed(calling_as(mira), email="a+b@x.org") is None


@pytest.mark.parametrize("name", ["%00", "a%00b", "%F0%9F%90%9F", "..", "a b", "%FF", "x" * 500])
def test_odd_names_are_nobodys(name: str) -> None:
    agent = calling_with("support", school_key=None)
    assert agent.get(f"{ACCOUNTS}/{name}").status_code == 404
    assert agent.get(f"{ACCOUNTS}?username={name}").status_code == 404
    assert agent.get(f"{ACCOUNTS}?email={name}").status_code == 404


@pytest.mark.parametrize("address", ["/api/user/v1/me", "/api/user/v1/me/"])
def test_one_learns_who_one_is(address: str, mira: Account) -> None:
    assert calling_as(mira).get(address).json() == {"username": "mira"}


def test_many_accounts_take_as_many_queries_as_one(mira: Account) -> None:
    agent = calling_with("support", school_key=None)
    names = [given.account(f"u{n}").username for n in range(30)]
    agent.get(ACCOUNTS)
    few = count_statements(lambda: listed(agent, username="mira"))
    assert count_statements(lambda: listed(agent, username=",".join(names))) == few
