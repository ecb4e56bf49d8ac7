"""Where somebody is signed in, as they see and end it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from matricula.lms.pages.staying import name_browser
from tests.browsing import PASSWORD, a_browser, an_account, hidden_fields, send_form, sign_in

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def here() -> Client:
    an_account()
    browser = a_browser(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.1")
    sign_in(browser)
    return browser


@pytest.fixture
def there() -> Client:
    return a_browser(HTTP_USER_AGENT=SAFARI, REMOTE_ADDR="2001:db8:1:2:3::9")


def test_they_see_where_and_end_one(here: Client, there: Client) -> None:
    sign_in(there)
    page = here.get("/account/sessions").content.decode()
    assert "Firefox on Linux" in page
    assert "192.0.2.1" in page
    phone, _, rest = page.partition("Firefox on Linux")
    assert "Safari on iPhone" in phone
    assert "2001:db8:1:2::" in phone
    assert "Sign out here" in rest
    asked = hidden_fields(phone)
    answer = here.post("/account/sessions", asked)
    assert answer["Location"] == "/account/sessions"
    assert "You are signed out there." in here.get("/account/sessions").content.decode()
    assert there.get("/dashboard")["Location"].startswith("/login")
    assert there.post("/login_refresh").status_code == 401
    assert here.post("/account/sessions", asked).status_code == 302  # a second click


def test_they_end_all_others(here: Client, there: Client) -> None:
    sign_in(there)
    sign_in(a_browser())
    send_form(here, "/account/sessions", others="")
    page = here.get("/account/sessions").content.decode()
    assert "You are signed out in 2 other places." in page
    assert "everywhere else" not in page
    assert there.post("/login_refresh").status_code == 401
    assert here.post("/login_refresh").status_code == 200


def test_ending_the_one_here_is_signing_out(here: Client) -> None:
    answer = send_form(here, "/account/sessions")
    assert answer["Location"] == "/login"
    assert answer.cookies["edx-jwt-cookie-signature"].value == ""


def test_nobody_ends_another_s(here: Client, there: Client) -> None:
    asked = hidden_fields(here.get("/account/sessions").content.decode())
    an_account("vera")
    sign_in(there, login="vera")
    send_form(there, "/account/sessions", session=asked["session"])
    assert here.get("/dashboard").status_code == 200


@pytest.mark.parametrize("session", ["x", "", "9" * 40, "-1"])
def test_a_session_that_is_none_breaks_nothing(session: str, here: Client) -> None:
    assert send_form(here, "/account/sessions", session=session).status_code == 302
    assert here.get("/dashboard").status_code == 200


def test_a_browser_that_says_nothing_has_words_too() -> None:
    assert name_browser("") == "A browser that does not say which"
    assert name_browser("curl/8 (Windows)") == "Windows"


def test_signing_in_costs_the_same_however_often_one_is_signed_in(here: Client) -> None:
    costs = []
    for _ in range(3):
        browser = a_browser()
        token = hidden_fields(browser.get("/login").content.decode())
        with CaptureQueriesContext(connection) as queries:
            browser.post("/login", {**token, "login": "mira", "password": PASSWORD})
        costs.append(len(queries))
    assert len(set(costs)) == 1
    assert here.get("/account/sessions").content.decode().count("Sign out there<") == 3
