"""`POST /oauth2/access_token`, as clients call it."""

from typing import Any

import jwt
import pytest
from django.test import Client as Browser
from django.test.client import MULTIPART_CONTENT
from oauth2_provider.models import AccessToken
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import renew_client_secret
from tests import given
from tests.lms.rest.tokens.asking import ADDRESS, a_client, ask, basic, form_of

pytestmark = pytest.mark.django_db

MANY_FIELDS = b"&".join(b"a%d=1" % number for number in range(2000))


def test_a_client_gets_a_token_that_our_published_keys_have_signed() -> None:
    client = a_client()
    answer = ask(form_of(client, token_type="jwt"))
    told: dict[str, Any] = answer.json()
    keys = jwt.PyJWKSet.from_dict(Browser().get("/oauth2/jwks").json())
    key = keys[jwt.get_unverified_header(told["access_token"])["kid"]]
    claims = jwt.decode(told["access_token"], key.key, ["RS512"], audience="matricula")
    assert claims["preferred_username"] == client.username
    assert claims["scopes"] == ["read", "write"]
    assert answer.status_code == 200
    assert set(told) == {"access_token", "expires_in", "scope", "token_type"}
    kind, seconds = told["token_type"], told["expires_in"]
    assert (kind, seconds) == ("JWT", 3600)
    assert told["scope"] == "read write"
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/json", "no-store")


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/"])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", MULTIPART_CONTENT])
def test_either_address_and_either_form_will_do(address: str, content_type: str) -> None:
    form = form_of(a_client(), token_type="jwt")
    assert ask(form, address=address, content_type=content_type).status_code == 200


def test_id_and_secret_may_stand_in_the_header() -> None:
    client = a_client()
    form = form_of(client, client_id=None, client_secret=None, token_type="jwt")
    assert ask(form, authorization=basic(client)).json()["access_token"].count(".") == 2


@pytest.mark.parametrize("token_type", [None, "bearer", "Bearer", "anything"])
def test_a_token_is_opaque_unless_a_jwt_is_asked_for(token_type: str | None) -> None:
    told = ask(form_of(a_client(), token_type=token_type)).json()
    assert "." not in told["access_token"]
    assert len(told["access_token"]) >= 30
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3600)


def test_no_token_is_stored_as_it_is() -> None:
    told = ask(form_of(a_client())).json()
    stored = AccessToken.objects.get()
    assert stored.token == ""
    assert told["access_token"] not in str(vars(stored))


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_secret": "wrong"},
        {"client_secret": ""},
        {"client_secret": None},
        {"client_id": "nobody"},
        {"client_id": "nob\0dy"},
        {"client_id": None},
        {"client_id": "", "client_secret": ""},
    ],
    ids=str,
)
def test_whoever_cannot_show_the_secret_is_told_nothing_more(wrong: dict[str, str | None]) -> None:
    answer = ask(form_of(a_client(), **wrong))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer["WWW-Authenticate"]


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic AAAA", "Basic /w==", "Digest x"])
def test_a_header_that_cannot_be_read_is_no_secret(header: str) -> None:
    a_client()
    answer = ask({"grant_type": "client_credentials"}, authorization=header)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"grant_type": "password", "username": "x", "password": "y"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unauthorized_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unsupported_grant_type"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
            "unsupported_grant_type",
        ),
        ({"grant_type": "nonsense"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "\0"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example.org"}, "invalid_target"),
    ],
    ids=str,
)
def test_what_is_not_offered_is_400(wrong: dict[str, str | None], error: str) -> None:
    answer = ask(form_of(a_client(), **wrong))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"", "application/x-www-form-urlencoded"),
        (b"", ""),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"grant_type=x", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"rubbish", "multipart/form-data"),
        (b"rubbish", "multipart/form-data; boundary=x"),
        (MANY_FIELDS, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_such_form_is_400(body: bytes, content_type: str) -> None:
    answer = Browser().post(ADDRESS, body, content_type=content_type)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_body_that_is_too_large_is_413() -> None:
    body = b"grant_type=" + b"x" * 3_000_000
    answer = Browser().post(ADDRESS, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_tokens_are_only_posted_for(method: str) -> None:
    answer = getattr(Browser(), method)(ADDRESS)
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


def test_a_client_whose_account_is_closed_gets_none() -> None:
    client = a_client()
    Account.objects.filter(username=client.username).update(is_active=False)
    answer = ask(form_of(client))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_the_old_secret_gets_none() -> None:
    client = a_client()
    renewed = renew_client_secret(name=client.name, by=given.OPERATOR)
    assert ask(form_of(client)).status_code == 401
    assert ask(form_of(renewed)).status_code == 200


@pytest.mark.usefixtures("early_in_a_minute")
def test_an_address_may_not_try_for_ever(settings: Settings) -> None:
    settings.TRIES_PER_MINUTE = 3
    client = a_client()
    wrong = form_of(client, client_secret="wrong")
    assert [ask(wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    answer = ask(form_of(client))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer.json()["error"] == "throttled"
    assert ask(form_of(client), X_Forwarded_For="203.0.113.9").status_code == 429
    settings.PROXIES = 1
    assert ask(form_of(client), X_Forwarded_For="203.0.113.9").status_code == 200
