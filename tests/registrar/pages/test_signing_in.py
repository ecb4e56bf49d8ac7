"""Signing in at the LMS, with a browser."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from matricula.registrar.accounts.api import Account, address_of_passage, begin_passage
from tests.registrar import given
from tests.registrar.publishing import KeyServer, uuid_of

pytestmark = pytest.mark.django_db

ORIGIN = "https://console.example.org"


@pytest.fixture(autouse=True)
def _set_up(settings: Settings) -> None:
    settings.LMS_CLIENT_ID, settings.LMS_CLIENT_SECRET = "registrar-client", "its secret"
    settings.FRONT_END_ORIGINS = [ORIGIN]
    KeyServer.exchanged.clear()
    KeyServer.codes.clear()


def a_browser() -> Client:
    return Client(enforce_csrf_checks=True)


def go(browser: Client, address: str = "/login") -> dict[str, str]:
    """Ask to sign in; return what the LMS is told."""
    answer = browser.get(address)
    assert answer.status_code == 302, answer.content
    words = parse_qs(urlsplit(answer["Location"]).query)
    return {name: values[0] for name, values in words.items()}


def come_back(browser: Client, **words: str) -> Any:  # noqa: ANN401  Django's test answers have no public type
    return browser.get("/login/complete", words)


def sign_in(
    browser: Client,
    username: str = "mira",
    *,
    to: str = "/login",
    **claims: Any,  # noqa: ANN401  JSON is anything
) -> Any:  # noqa: ANN401  as above
    KeyServer.codes["a-code"] = (username, claims)
    return come_back(browser, code="a-code", state=go(browser, to)["state"])


def test_whoever_signs_in_at_the_lms_has_a_session_here() -> None:
    browser = a_browser()
    answer = sign_in(browser, email="mira@riveru.example", email_verified=True)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    account = Account.objects.get(uuid=uuid_of("mira"))
    assert (account.username, account.verified_email) == ("mira", "mira@riveru.example")
    assert b"mira" in browser.get("/").content
    assert browser.get("/api/v1/jobs/").status_code == 200


def test_the_lms_is_asked_for_a_code_that_only_we_can_use(settings: Settings) -> None:
    browser = a_browser()
    first = browser.get("/login")["Location"]
    assert first.startswith(f"{settings.LMS_PUBLIC_URL}/oauth2/authorize?")
    said = go(browser)
    assert (said["client_id"], said["response_type"]) == ("registrar-client", "code")
    assert said["redirect_uri"] == "http://127.0.0.1:8001/login/complete"
    assert (said["scope"], said["code_challenge_method"]) == ("read", "S256")
    KeyServer.codes["a-code"] = ("mira", {})
    come_back(browser, code="a-code", state=said["state"])
    asked = KeyServer.exchanged[-1]
    digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
    assert urlsafe_b64encode(digest).decode().rstrip("=") == said["code_challenge"]
    assert (asked["client_secret"], asked["token_type"]) == ("its secret", "jwt")
    assert asked["redirect_uri"] == said["redirect_uri"]
    assert "its secret" not in first


def test_the_session_gets_another_key_and_ends_within_the_hour() -> None:
    browser = a_browser()
    go(browser)
    before = browser.cookies["registrar_sessionid"].value
    answer = sign_in(browser)
    assert answer.cookies["registrar_sessionid"].value != before
    assert answer.cookies["registrar_sessionid"]["max-age"] == 3600
    assert answer.cookies["registrar_sessionid"]["httponly"]


@pytest.mark.parametrize(
    ("wanted", "end"),
    [
        ("/admin/", "/admin/"),
        (f"{ORIGIN}/programs", f"{ORIGIN}/programs"),
        ("http://127.0.0.1:8001/x", "http://127.0.0.1:8001/x"),
        ("https://evil.example.org/", "/"),
        ("//evil.example.org/", "/"),
        ("http://console.example.org/", "/"),
        ("https://console.example.org@evil.example.org/", "/"),
        ("https:///evil.example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_it_ends_at_a_page_of_ours_or_of_a_front_end(wanted: str, end: str) -> None:
    browser = a_browser()
    KeyServer.codes["a-code"] = ("mira", {})
    state = parse_qs(urlsplit(browser.get("/login", {"next": wanted})["Location"]).query)["state"]
    assert come_back(browser, code="a-code", state=state[0])["Location"] == end
    assert browser.get("/login", {"next": wanted})["Location"] == end


def test_two_windows_may_sign_in_at_once() -> None:
    browser = a_browser()
    first, second = go(browser, "/login?next=/first"), go(browser, "/login?next=/second")
    for said, end in ((first, "/first"), (second, "/second")):
        KeyServer.codes["a-code"] = ("mira", {})
        assert come_back(browser, code="a-code", state=said["state"])["Location"] == end


def test_a_way_back_is_good_once_and_in_one_browser() -> None:
    browser, other = a_browser(), a_browser()
    state = go(browser)["state"]
    KeyServer.codes["a-code"] = ("mira", {})
    go(other)
    for wrong in (other, a_browser()):
        answer = come_back(wrong, code="a-code", state=state)
        assert (answer.status_code, b"not begun in this browser" in answer.content) == (403, True)
    assert come_back(browser, code="a-code", state="another").status_code == 403
    assert KeyServer.exchanged == []
    assert come_back(browser, code="a-code", state=state).status_code == 302
    assert come_back(browser, code="a-code", state=state).status_code == 403
    assert len(KeyServer.exchanged) == 1


@pytest.mark.parametrize(
    "words",
    [
        {"code": "unknown"},
        {"error": "access_denied"},
        {},
        {"code": "a-code", "iss": "https://evil.example.org"},
    ],
    ids=str,
)
def test_whoever_the_lms_does_not_vouch_for_is_told_so(words: dict[str, str]) -> None:
    browser = a_browser()
    KeyServer.codes["a-code"] = ("mira", {})
    answer = come_back(browser, **words, state=go(browser)["state"])
    assert answer.status_code == 403
    assert b"You are not signed in" in answer.content
    assert b"Try again" in answer.content
    assert browser.get("/api/v1/jobs/").status_code == 401


@pytest.mark.parametrize(
    "claims",
    [{"aud": "others"}, {"iss": "https://evil.example.org"}, {"exp": 1}, {"signed_by": "other"}],
    ids=str,
)
def test_a_token_that_is_not_for_us_signs_nobody_in(claims: dict[str, Any]) -> None:
    assert sign_in(a_browser(), **claims).status_code == 403


def test_it_may_not_take_too_long() -> None:
    browser = a_browser()
    passage = begin_passage(destination="/", at=datetime.now(UTC) - timedelta(hours=1))
    go(browser)
    session = browser.session
    session["passages"] = [{**session["passages"][0], "begun_at": passage.begun_at}]
    session.save()
    answer = come_back(browser, code="x", state=session["passages"][0]["state"])
    assert (answer.status_code, b"too long" in answer.content) == (403, True)


def test_an_lms_that_is_away_is_said_to_be(settings: Settings) -> None:
    browser = a_browser()
    state = go(browser)["state"]
    settings.LMS_URL = "http://127.0.0.1:9"
    answer = come_back(browser, code="a-code", state=state)
    assert answer.status_code == 503
    assert b"The learning platform cannot be reached" in answer.content
    assert b"not allowed" not in answer.content


def test_without_credentials_for_the_lms_it_is_no_fault_of_theirs(settings: Settings) -> None:
    settings.LMS_CLIENT_ID = ""
    answer = a_browser().get("/login")
    assert (answer.status_code, b"not your fault" in answer.content) == (503, True)


def test_signing_out_ends_the_session_here_and_tells_of_the_other(settings: Settings) -> None:
    browser = a_browser()
    sign_in(browser)
    assert browser.get("/logout").status_code == 405
    refused = browser.post("/logout")
    assert (refused.status_code, b"That was not done" in refused.content) == (403, True)
    page = browser.get("/")
    assert page.status_code == 200
    token = browser.cookies["registrar_csrftoken"].value
    answer = browser.post("/logout", {"csrfmiddlewaretoken": token})
    assert f"{settings.LMS_PUBLIC_URL}/logout".encode() in answer.content
    assert browser.get("/api/v1/jobs/").status_code == 401


def test_a_closed_account_is_out_at_once() -> None:
    browser = a_browser()
    sign_in(browser)
    Account.objects.update(is_active=False)
    assert browser.get("/api/v1/jobs/").status_code == 401


def test_the_administrators_pages_have_one_sign_in_at_the_lms() -> None:
    browser = a_browser()
    first = browser.get("/admin/", follow=False)
    assert first["Location"] == "/admin/login/?next=/admin/"
    assert browser.get(first["Location"])["Location"].startswith("/login?next=/admin/")
    given.with_role("administrator", "mira", school=None)
    assert sign_in(browser, to="/login?next=/admin/")["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_whoever_may_not_see_them_is_told_so_and_not_sent_around() -> None:
    browser = a_browser()
    sign_in(browser)
    answer = browser.get("/admin/login/?next=/admin/")
    assert (answer.status_code, b"This page is not for you" in answer.content) == (403, True)


def test_no_verifier_leaves_us() -> None:
    passage = begin_passage(destination="/", at=given.NOW)
    assert passage.verifier not in address_of_passage(passage)
