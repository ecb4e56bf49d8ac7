"""What edX's front ends ask before their first call: cookies, CSRF tokens, preflights."""

from http.cookies import Morsel
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account, close_account
from matricula.lms.clients.api import read_token
from tests import given

pytestmark = pytest.mark.django_db

REFRESH = "/login_refresh"
CSRF = "/csrf/api/v1/token"
PORTAL = "https://portal.example.org"
PAYLOAD, SIGNATURE = settings.TOKEN_COOKIE_NAMES
PREFLIGHT = {
    "Origin": PORTAL,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,use-jwt-cookie,x-csrftoken",
}


def signed_in(account: Account | None = None) -> Browser:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(account or given.account("mira"))
    return browser


def cookies_of(browser: Browser) -> list[Morsel[str]]:
    return [browser.cookies[name] for name in settings.TOKEN_COOKIE_NAMES]


@pytest.mark.parametrize("address", [REFRESH, f"{REFRESH}/"])
def test_whoever_is_signed_in_gets_the_cookies(address: str) -> None:
    browser = signed_in()
    answer = browser.post(address)
    payload, signature = cookies_of(browser)
    told = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert told["expires_epoch_seconds"] - int(told["response_epoch_seconds"]) == 3600
    read_token(f"{payload.value}.{signature.value}")
    assert payload.value.count(".") == 1
    assert (payload["httponly"], signature["httponly"]) == ("", True)


def test_their_attributes_follow_the_address_of_the_lms() -> None:
    browser = signed_in()
    browser.post(REFRESH)
    for cookie in cookies_of(browser):
        assert (cookie["secure"], cookie["samesite"], cookie["max-age"]) == ("", "Lax", 3600)
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_over_https_they_are_secure_and_may_be_for_a_whole_domain(settings: Settings) -> None:
    settings.IS_SECURE, settings.COOKIE_DOMAIN = True, ".example.org"
    browser = signed_in()
    browser.post(REFRESH)
    for cookie in cookies_of(browser):
        assert (cookie["secure"], cookie["domain"]) == (True, ".example.org")


def test_without_a_session_it_is_401_and_no_cookie_is_set() -> None:
    browser = Browser()
    answer = browser.post(REFRESH)
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer
    assert not browser.cookies


def test_a_token_alone_is_no_session() -> None:
    browser = signed_in()
    browser.post(REFRESH)
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    assert browser.post(REFRESH).status_code == 401


def test_a_closed_account_is_401() -> None:
    mira = given.account("mira")
    browser = signed_in(mira)
    close_account(account_id=mira.pk)
    assert browser.post(REFRESH).status_code == 401


def test_it_is_only_posted_to() -> None:
    assert signed_in().get(REFRESH).status_code == 405


@pytest.mark.parametrize("address", [CSRF, f"{CSRF}/"])
def test_anybody_gets_a_csrf_token_and_its_cookie(address: str) -> None:
    browser = Browser()
    answer = browser.get(address)
    assert list(answer.json()) == ["csrfToken"]
    assert len(answer.json()["csrfToken"]) == 64
    assert settings.CSRF_COOKIE_NAME in browser.cookies
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/oauth2/jwks", "/oauth2/jwks/"])
def test_anybody_gets_the_public_keys(address: str) -> None:
    signed_in().post(REFRESH)
    answer = Browser().get(address)
    keys = answer.json()["keys"]
    assert keys
    assert all(set(key) == {"alg", "e", "kid", "kty", "n", "use"} for key in keys)
    assert answer["Cache-Control"] == "max-age=300"


@pytest.fixture
def _portal(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [PORTAL]
    settings.CSRF_TRUSTED_ORIGINS = [PORTAL]


def preflight(address: str, **other: str) -> Any:  # noqa: ANN401  Django's test answers have no public type
    return Browser().options(address, headers={**PREFLIGHT, **other})


ADDRESSES = [
    REFRESH,
    CSRF,
    "/oauth2/access_token",
    "/api/program_enrollments/v1/programs/enrollments/",
    "/api/enrollment/v2/programs/none/roster",
]


@pytest.mark.usefixtures("_portal")
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_preflight_is_answered_to_whoever_asks(address: str) -> None:
    answer = preflight(address)
    allowed = answer["Access-Control-Allow-Headers"].split(", ")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == PORTAL
    assert answer["Access-Control-Allow-Credentials"] == "true"
    assert {"use-jwt-cookie", "x-csrftoken", "content-type"} <= set(allowed)
    assert "POST" in answer["Access-Control-Allow-Methods"]


@pytest.mark.usefixtures("_portal")
@pytest.mark.parametrize(
    "origin", ["https://evil.example.org", "http://portal.example.org", f"{PORTAL}.evil", "null"]
)
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_origin_that_is_not_ours_is_allowed_nothing(address: str, origin: str) -> None:
    for answer in (
        preflight(address, Origin=origin),
        Browser().get(address, headers={"Origin": origin}),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.usefixtures("_portal")
def test_refusals_too_can_be_read_by_a_front_end() -> None:
    answer = Browser().post(REFRESH, headers={"Origin": PORTAL})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (401, PORTAL)
    assert "X-Request-ID" in answer["Access-Control-Expose-Headers"]


@pytest.mark.usefixtures("_portal")
@pytest.mark.urls("tests.lms.rest.addresses")
def test_a_front_end_writes_as_it_does_in_a_browser() -> None:
    browser = signed_in()
    headers = {"Origin": PORTAL, "USE-JWT-COOKIE": "true"}
    browser.post(REFRESH, headers=headers)
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    token = browser.get(CSRF, headers=headers).json()["csrfToken"]
    answer = browser.post(
        "/whoever",
        {"some": "thing"},
        content_type="application/json",
        headers={**headers, "X-CSRFToken": token},
    )
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, PORTAL)
    elsewhere = {**headers, "Origin": "https://evil.example.org", "X-CSRFToken": token}
    assert browser.post("/whoever", headers=elsewhere).status_code == 403
