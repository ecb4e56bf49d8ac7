"""Signing in at the LMS for a service: `/oauth2/authorize`, and the code it gives."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.test import Client as Browser
from oauth2_provider.models import AccessToken, Grant, RefreshToken
from pytest_django import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import Client, change_redirect_uris, forget_expired_tokens
from matricula.lms.clients.models import SpentCode
from matricula.lms.identities.api import email_address
from tests import given
from tests.browsing import a_browser, an_account, sign_in
from tests.lms.rest.tokens.asking import a_client, ask, form_of
from tests.lms.rest.tokens.signing_in_for import (
    STATE,
    THERE,
    a_service,
    address_for,
    challenge_of,
    code_for,
    come_back,
    exchange,
    somebody_signed_in,
)
from tests.races.running import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "matricula.lms.clients.hashing.RandomSecretHasher",
    ]


def test_a_service_learns_who_has_signed_in() -> None:
    service, browser = a_service(), somebody_signed_in()
    where, words = come_back(browser, address_for(service))
    assert where == THERE
    assert set(words) == {"code", "state", "iss"}
    assert (words["state"], words["iss"]) == (STATE, "http://127.0.0.1:8000")
    answer = exchange(service, words["code"])
    told = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert set(told) == {"access_token", "expires_in", "scope", "token_type"}
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert claims["preferred_username"] == "mira"
    assert claims["sub"] == str(Account.objects.get(username="mira").uuid)
    assert claims["email_verified"] is False
    assert claims["scopes"] == ["read"]
    assert "client_id" not in claims
    assert claims["exp"] - claims["iat"] == told["expires_in"] == 300
    assert not RefreshToken.objects.exists()


def test_an_address_that_is_proven_is_told_to_be() -> None:
    service, browser = a_service(), somebody_signed_in()
    given.bound(email_address("mira@example.org"), Account.objects.get(username="mira"))
    told = exchange(service, code_for(service, browser)).json()
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert claims["email_verified"] is True


def test_the_token_is_the_persons_and_not_the_services() -> None:
    service, browser = a_service(), somebody_signed_in()
    for kind in ("jwt", "bearer"):
        told = exchange(service, code_for(service, browser), token_type=kind).json()
        header = f"{told['token_type']} {told['access_token']}"
        answer = Browser().get("/api/enrollment/v2/me", headers={"authorization": header})
        assert (answer.status_code, answer.json()["username"]) == (200, "mira")


def test_whoever_is_not_signed_in_signs_in_first() -> None:
    service, browser = a_service(), a_browser()
    an_account()
    first = browser.get(address_for(service))
    assert first["Location"].startswith("/login?next=/oauth2/authorize%3F")
    page = browser.get(first["Location"])
    policy = page["Content-Security-Policy"]
    assert "form-action 'self' https://registrar.example.org" in policy
    signed = sign_in(browser, first["Location"])
    assert signed["Location"] == address_for(service)
    assert come_back(browser, signed["Location"])[0] == THERE


def test_the_form_leads_to_no_place_that_is_not_the_services() -> None:
    service, browser = a_service(), a_browser()
    wrong = browser.get(address_for(service)).headers["Location"].replace("registrar.", "evil.")
    assert "evil" not in browser.get(wrong)["Content-Security-Policy"]


def test_registering_leads_there_as_well() -> None:
    first = a_browser().get(address_for(a_service()))["Location"]
    page = a_browser().get(first.replace("/login", "/register"))
    assert "form-action 'self' https://registrar.example.org" in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "\0"},
        {"redirect_uri": "https://evil.example.org/"},
        {"redirect_uri": f"{THERE}/"},
        {"redirect_uri": f"{THERE}?x=1"},
        {"redirect_uri": THERE.upper()},
        {"redirect_uri": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_nobody_is_sent_to_a_place_that_is_not_the_services(wrong: dict[str, str | None]) -> None:
    answer = somebody_signed_in().get(address_for(a_service(), **wrong))
    assert answer.status_code == 400
    assert b"You cannot sign in there from here" in answer.content
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "x"}, "invalid_request"),
        ({"code_challenge": "x" * 500}, "invalid_request"),
        ({"code_challenge": "\0" * 43}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example.org"}, "invalid_target"),
    ],
    ids=str,
)
def test_what_is_not_offered_goes_back_as_an_error(
    wrong: dict[str, str | None], error: str
) -> None:
    where, words = come_back(somebody_signed_in(), address_for(a_service(), **wrong))
    assert (where, words["error"], words["state"]) == (THERE, error, STATE)
    assert not Grant.objects.exists()


def test_only_a_trusted_client_signs_people_in() -> None:
    service, browser = a_service(), somebody_signed_in()
    Client.objects.update(is_trusted=False)
    assert come_back(browser, address_for(service))[1]["error"] == "unauthorized_client"


def test_a_client_without_an_address_signs_nobody_in() -> None:
    client = a_client(is_trusted=True)
    assert somebody_signed_in().get(address_for(client)).status_code == 400
    answer = ask(form_of(client, grant_type="authorization_code", code="x", redirect_uri=THERE))
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_an_address_can_be_taken_from_a_client() -> None:
    service, browser = a_service(), somebody_signed_in()
    change_redirect_uris(name="Registrar", redirect_uris=[], by=given.OPERATOR)
    assert browser.get(address_for(service)).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": challenge_of("v" * 43)}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "https://registrar.example.org/other"}, "invalid_request"),
        ({"code": "another"}, "invalid_grant"),
        ({"code": "nul\0"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"client_secret": "wrong"}, "invalid_client"),
    ],
    ids=str,
)
def test_a_code_is_worth_nothing_to_others(wrong: dict[str, str | None], error: str) -> None:
    service = a_service()
    code = code_for(service, somebody_signed_in())
    answer = exchange(service, code, **wrong)
    assert (answer.status_code // 100, answer.json()["error"]) == (4, error)
    assert not AccessToken.objects.exists()
    assert exchange(service, code).status_code == 200


def test_another_service_cannot_use_it() -> None:
    service, other = a_service(), a_service("Other")
    code = code_for(service, somebody_signed_in())
    assert exchange(other, code).json() == {"error": "invalid_grant"}


def test_a_code_is_not_kept_as_it_is() -> None:
    service = a_service()
    code = code_for(service, somebody_signed_in())
    assert code not in str(vars(Grant.objects.get()))


def test_a_code_lives_for_a_minute() -> None:
    service = a_service()
    code = code_for(service, somebody_signed_in())
    left = Grant.objects.get().expires - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(minutes=1)
    Grant.objects.update(expires=datetime.now(UTC))
    assert exchange(service, code).json() == {"error": "invalid_grant"}
    forget_expired_tokens(at=datetime.now(UTC))
    assert not Grant.objects.exists()


def test_whose_account_is_closed_meanwhile_gets_none() -> None:
    service = a_service()
    code = code_for(service, somebody_signed_in())
    Account.objects.filter(username="mira").update(is_active=False)
    assert exchange(service, code).json() == {"error": "invalid_grant"}


def test_a_code_that_is_shown_again_takes_back_what_it_gave() -> None:
    service, browser = a_service(), somebody_signed_in()
    code = code_for(service, browser)
    kept = exchange(service, code_for(service, browser), token_type="bearer").json()
    given_for_it = exchange(service, code, token_type="bearer").json()
    header = {"authorization": f"Bearer {given_for_it['access_token']}"}
    assert Browser().get("/api/enrollment/v2/me", headers=header).status_code == 200
    assert exchange(service, code).json() == {"error": "invalid_grant"}
    assert Browser().get("/api/enrollment/v2/me", headers=header).status_code == 401
    header = {"authorization": f"Bearer {kept['access_token']}"}
    assert Browser().get("/api/enrollment/v2/me", headers=header).status_code == 200


def test_what_is_remembered_of_a_code_goes_with_its_token() -> None:
    service = a_service()
    assert exchange(service, code_for(service, somebody_signed_in())).status_code == 200
    forget_expired_tokens(at=datetime.now(UTC) + timedelta(hours=1))
    assert not SpentCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_shown_twice_at_once_it_is_good_once() -> None:
    service = a_service()
    code = code_for(service, somebody_signed_in())
    statuses = at_once(*[lambda: exchange(service, code).status_code] * 4)
    assert sorted(statuses) == [200, 400, 400, 400]


def test_staff_who_look_as_a_learner_sign_in_as_themselves() -> None:
    service = a_service()
    given.account("mira")
    agent = an_account("agent")
    given.with_role("support", agent, school_key=None)
    browser = a_browser()
    sign_in(browser, login="agent")
    session = browser.session
    session["masquerade"] = True
    session.save()
    told = exchange(service, code_for(service, browser)).json()
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert claims["preferred_username"] == "agent"
