"""Signing in and out, as a browser does it."""

import re
from typing import Any

import pytest
from django.conf import settings as given_settings
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account, NewAccount, close_account, create_accounts
from matricula.lms.pages.limiting import PASSWORDS_PER_MINUTE
from tests import given

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse 9"  # noqa: S105  of an account that lives for a second
COOKIES = {*given_settings.TOKEN_COOKIE_NAMES, given_settings.SESSION_COOKIE_NAME}


@pytest.fixture
def mira(settings: Settings) -> Account:
    # The slow one is another test's subject; here it would only be slow.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    wanted = NewAccount(username="mira", email="mira@example.org", password=PASSWORD)
    return create_accounts(accounts=[wanted], at=given.NOW)[0]


def a_browser() -> Browser:
    return Browser(enforce_csrf_checks=True)


def send_form(browser: Browser, address: str, **fields: str) -> Any:  # noqa: ANN401  Django's test answers have no public type
    """Load a page and send its form, hidden fields included."""
    page = browser.get(address).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    return browser.post(address, {**hidden, **fields})


def sign_in(browser: Browser, address: str = "/login", *, password: str = PASSWORD) -> Any:  # noqa: ANN401  as above
    return send_form(browser, address, login="mira", password=password)


def test_the_right_password_begins_a_session_and_hands_out_a_token(mira: Account) -> None:
    browser = a_browser()
    answer = sign_in(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard")
    assert set(browser.cookies) >= COOKIES
    assert b">mira</span>" in browser.get("/dashboard").content
    del browser.cookies[given_settings.SESSION_COOKIE_NAME]
    assert browser.get("/api/user/v1/accounts/mira").status_code == 200


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize("address", ["/login", "/login/"])
def test_either_address_will_do(address: str) -> None:
    assert sign_in(a_browser(), address).status_code == 302


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize(
    "fields",
    [
        {"login": "mira", "password": "wrong"},
        {"login": "nobody", "password": PASSWORD},
        {"login": "mi\0ra", "password": PASSWORD},
        {"login": "", "password": ""},
        {"login": "x" * 5000, "password": "x" * 5000},
    ],
    ids=["password", "username", "unstorable", "blank", "long"],
)
def test_anything_else_does_not_and_tells_nothing_more(fields: dict[str, str]) -> None:
    browser = a_browser()
    answer = send_form(browser, "/login", **fields)
    assert answer.status_code == 200
    assert b"do not fit together" in answer.content or b'class="fault"' in answer.content
    assert not COOKIES & set(browser.cookies)
    assert not Session.objects.exists()


def test_a_closed_account_cannot_come_in(mira: Account) -> None:
    Account.objects.filter(pk=mira.pk).update(is_active=False)
    assert sign_in(a_browser())["Location"] == "/inactive"
    assert b"do not fit together" in sign_in(a_browser(), password="wrong").content
    close_account(account_id=mira.pk)
    assert b"do not fit together" in sign_in(a_browser()).content


@pytest.mark.usefixtures("mira")
def test_a_form_that_is_not_ours_is_refused() -> None:
    browser = a_browser()
    answer = browser.post("/login", {"login": "mira", "password": PASSWORD})
    assert answer.status_code == 403
    assert b"load the page again" in answer.content
    assert not COOKIES & set(browser.cookies)


@pytest.mark.usefixtures("mira")
@pytest.mark.parametrize(
    ("next_", "expected"),
    [
        ("/programs?x=1", "/programs?x=1"),
        ("https://portal.example.org/deep/link", "https://portal.example.org/deep/link"),
        ("http://portal.example.org/deep/link", "/dashboard"),
        ("https://evil.example.org/", "/dashboard"),
        ("//evil.example.org/", "/dashboard"),
        ("https:evil.example.org", "/dashboard"),
        ("/\\evil.example.org", "/dashboard"),
        ("javascript:alert(1)", "/dashboard"),
        ("https://portal.example.org@evil.example.org/", "/dashboard"),
        ("https://portal.example.org.evil.example.org/", "/dashboard"),
        ("", "/dashboard"),
    ],
)
def test_one_comes_back_only_to_us_or_to_a_front_end(
    next_: str, expected: str, settings: Settings
) -> None:
    settings.FRONT_END_ORIGINS = ["https://portal.example.org"]
    browser = a_browser()
    page = browser.get("/login", {"next": next_})
    assert b"evil" not in page.content
    token = browser.cookies["csrftoken"].value
    form = {"login": "mira", "password": PASSWORD, "next": next_, "csrfmiddlewaretoken": token}
    assert browser.post("/login", form)["Location"] == expected


@pytest.mark.usefixtures("mira")
def test_what_is_next_is_kept_when_the_password_is_wrong() -> None:
    answer = sign_in(a_browser(), "/login?next=/programs", password="wrong")
    assert b'name="next" value="/programs"' in answer.content


@pytest.mark.usefixtures("early_in_a_minute")
@pytest.mark.usefixtures("mira")
def test_an_account_s_password_cannot_be_tried_for_ever() -> None:
    for number in range(PASSWORDS_PER_MINUTE):
        browser = Browser(REMOTE_ADDR=f"192.0.2.{number}")
        assert sign_in(browser, password="wrong").status_code == 200
    answer = sign_in(Browser(REMOTE_ADDR="198.51.100.1"))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert b"Too many tries" in answer.content
    assert not COOKIES & set(answer.cookies)


@pytest.mark.usefixtures("early_in_a_minute")
@pytest.mark.usefixtures("mira")
def test_nor_can_many_be_tried_from_one_address(settings: Settings) -> None:
    settings.TRIES_PER_MINUTE = 2
    for name in ("a", "b"):
        send_form(a_browser(), "/login", login=name, password="x")
    assert sign_in(a_browser()).status_code == 429
    assert sign_in(Browser(REMOTE_ADDR="198.51.100.1")).status_code == 302


@pytest.mark.usefixtures("mira")
def test_signing_out_ends_the_session_and_takes_the_token() -> None:
    browser = a_browser()
    sign_in(browser)
    answer = send_form(browser, "/logout")
    assert (answer.status_code, answer["Location"]) == (302, "/login")
    for name in COOKIES:
        assert (browser.cookies[name].value, browser.cookies[name]["max-age"]) == ("", 0)
    assert not Session.objects.exists()
    assert browser.post("/login_refresh").status_code == 401


@pytest.mark.usefixtures("mira")
def test_a_link_signs_nobody_out() -> None:
    browser = a_browser()
    sign_in(browser)
    assert browser.get("/logout").status_code == 200
    assert browser.post("/logout").status_code == 403
    assert Session.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/login",
        "/register",
        "/reset",
        "/reset/sent",
        "/reset/done",
        "/reset/1-x",
        "/verify",
        "/inactive",
        "/sign-on/canceled",
        "/sign-on/error",
    ],
)
def test_pages_have_nothing_that_a_strict_policy_would_stop(address: str) -> None:
    page = a_browser().get(address).content.decode()
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", page)
    assert page.startswith("<!doctype html>")
    assert '<html lang="en">' in page


def test_whoever_is_not_signed_in_is_shown_where_to() -> None:
    assert b'href="/login"' in a_browser().get("/").content
