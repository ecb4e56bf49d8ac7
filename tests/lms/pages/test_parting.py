"""Taking one's data away, and closing the account."""

import json

import pytest
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    record_authentication,
)
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity
from matricula.lms.ledger.api import ChangeSet
from tests import given
from tests.browsing import PASSWORD, a_browser, an_account, send_form, sign_in
from tests.signing_on import come_by, provider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def mira() -> Account:
    made = an_account("Mira")
    program = given.program()
    given.enrolled("rv-1", program=program)
    given.bound("rv-1", made)
    return made


@pytest.fixture
def browser(mira: Account) -> Client:
    made = a_browser()
    sign_in(made, login="Mira")
    return made


def test_the_data_comes_as_one_file(browser: Client) -> None:
    assert 'href="/account/data/download"' in browser.get("/account/data").content.decode()
    answer = browser.get("/account/data/download")
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert data["account"]["username"] == "Mira"
    assert data["programs"][0]["student_key"] == "rv-1"
    assert data["sessions"][0]["address"] == "127.0.0.1"


def test_the_account_is_closed_and_its_person_is_out(browser: Client, mira: Account) -> None:
    page = browser.get("/account/close").content.decode()
    assert "What is erased" in page
    assert "What stays, and why" in page
    answer = send_form(browser, "/account/close", username="mira", password=PASSWORD)
    assert answer["Location"] == "/goodbye"
    assert answer.cookies["edx-jwt-cookie-signature"].value == ""
    goodbye = browser.get("/goodbye").content.decode()
    assert "Your account is closed" in goodbye
    assert "Sign out" not in goodbye
    mira.refresh_from_db()
    assert (mira.is_active, mira.email) == (False, "")
    assert not Session.objects.exists()
    assert not Identity.objects.filter(value="rv-1").exists()
    assert ChangeSet.objects.latest("pk").channel == "pages"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"username": "vera", "password": PASSWORD}, "That is not your username."),
        ({"username": "", "password": PASSWORD}, "That is not your username."),
        ({"username": "mira", "password": "wrong"}, "That is not your password."),
        ({"username": "mira"}, "That is not your password."),
    ],
)
def test_without_proof_nothing_is_done(
    said: dict[str, str], words: str, browser: Client, mira: Account
) -> None:
    answer = send_form(browser, "/account/close", **said)
    assert answer.status_code == 422
    page = answer.content.decode()
    wrong = "username" if "username" in words else "password"
    assert page.count(words) == 2, "above the form, and at the field"
    assert f'aria-describedby="{wrong}_error"' in page
    mira.refresh_from_db()
    assert mira.is_active


def test_a_link_closes_nothing(browser: Client, mira: Account) -> None:
    browser.get("/account/close", {"username": "mira", "password": PASSWORD})
    mira.refresh_from_db()
    assert mira.is_active


@pytest.mark.usefixtures("early_in_a_minute")
def test_passwords_are_not_tried_here_for_ever(browser: Client) -> None:
    said = {"username": "mira", "password": "wrong"}
    tries = [send_form(browser, "/account/close", **said).status_code for _ in range(11)]
    assert tries[-1] == 429


def signed_in_by_school(account: Account, *, ago: float) -> Client:
    browser = a_browser()
    browser.force_login(account)
    request = HttpRequest()
    request.session = browser.session
    record_authentication(request, account, "socialaccount")
    request.session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] -= ago
    request.session.save()
    return browser


def test_without_a_password_a_fresh_sign_in_by_the_school_will_do() -> None:
    vera = an_account("vera", password=None)
    browser = signed_in_by_school(vera, ago=60)
    assert 'name="password"' not in browser.get("/account/close").content.decode()
    answer = send_form(browser, "/account/close", username="vera")
    assert answer["Location"] == "/goodbye"


def test_without_a_password_an_old_sign_in_leads_to_the_school_first() -> None:
    vera = an_account("vera", password=None)
    come_by(provider(), key="rv-1", joining=vera)
    browser = signed_in_by_school(vera, ago=3600)
    page = browser.get("/account/close").content.decode()
    assert "First show that it is you" in page
    assert 'href="/sign-on/riveru/?next=/account/close"' in page
    assert 'name="username"' not in page
    browser.get("/account/sessions")
    token = browser.cookies["csrftoken"].value
    said = {"username": "vera", "csrfmiddlewaretoken": token}
    answer = browser.post("/account/close", said)
    assert answer.status_code == 422
    assert "Sign in with your school once more first." in answer.content.decode()
    vera.refresh_from_db()
    assert vera.is_active
