"""Nothing is believed of a provider that has not been proven."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.cache import cache

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity
from matricula.lms.sign_on import fetching
from matricula.lms.sign_on.models import Protocol, Provider
from tests.sign_on_with_oidc.lying import KEY, OTHER_KEY, Liar, gone_out, lying
from tests.signing_on import InsideBrowser, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def liar() -> Iterator[Liar]:
    cache.clear()
    with lying() as found:
        provider(issuer=found.issuer)
        yield found


def refused(liar: Liar, *, status: int = 401) -> None:
    browser = InsideBrowser()
    answer = browser.come_back(gone_out(browser, liar))
    assert answer.status_code == status, answer.content.decode()
    assert "Back to signing in" in answer.content.decode()
    assert Account.objects.count() == 0
    assert "_auth_user_id" not in browser.client.session


def test_what_is_true_is_believed(liar: Liar) -> None:
    browser = InsideBrowser()

    answer = browser.come_back(gone_out(browser, liar))

    assert answer["Location"] == "/dashboard"
    assert Identity.objects.get().value == "rv-7"


def test_the_code_is_exchanged_with_the_verifier_of_its_challenge(liar: Liar) -> None:
    browser = InsideBrowser()
    asked = parse_qs(urlsplit(browser.leave()).query)
    browser.come_back(f"/sign-on/riveru/callback/?code=c&state={asked['state'][0]}")

    (form,) = liar.asked
    digest = sha256(form["code_verifier"][0].encode()).digest()
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] == [urlsafe_b64encode(digest).rstrip(b"=").decode()]
    assert (form["client_id"], form["client_secret"]) == (["matricula"], ["a secret"])


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["matricula", "another"]},
        {"aud": ["matricula", "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://another.example.edu"},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"iat": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 200},
        {"sub": "a\0b"},
        {"sub": "half a character: \ud800"},
        {"sub": "somebody whom userinfo does not mean"},
    ],
    ids=str,
)
def test_a_token_with_other_claims_proves_nothing(liar: Liar, changes: dict[str, Any]) -> None:
    liar.changes = changes

    refused(liar)


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})


def signed_by_another(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "k1"})


def signed_with_the_public_key_as_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "p" * 64, algorithm="HS256", headers={"kid": "k1"})


def signed_with_an_unknown_key(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "k2"})


def without_its_signature(claims: dict[str, Any]) -> str:
    signed = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "k1"})
    return signed.rpartition(".")[0] + "."


def no_token(claims: dict[str, Any]) -> Any:  # noqa: ANN401  whatever is no token
    del claims
    return {"not": "a token"}


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signed_by_another,
        signed_with_the_public_key_as_secret,
        signed_with_an_unknown_key,
        without_its_signature,
        no_token,
    ],
)
def test_a_token_that_the_provider_has_not_signed_proves_nothing(
    liar: Liar, sign: Callable[[dict[str, Any]], str]
) -> None:
    liar.sign = sign

    refused(liar)


BAD_ANSWERS = {
    "code refused": ("/token", (400, b'{"error": "invalid_grant"}'), 401),
    "no token": ("/token", (200, b"{}"), 401),
    "no JSON": ("/token", (200, b"<html>"), 401),
    "no object": ("/token", (200, b"[]"), 401),
    "too long": ("/token", (200, b"{" + b" " * 300_000 + b"}"), 401),
    "too deep": ("/token", (200, b"[" * 200_000), 401),
    "elsewhere": ("/token", (302, b"{}"), 401),
    "in trouble": ("/token", (502, b"down"), 503),
    "no keys": ("/jwks", (200, b"{}"), 401),
    "odd keys": (
        "/jwks",
        (200, b'{"keys": [1, {}, {"kty": "oct", "k": "AAAA", "kid": "k1"}]}'),
        401,
    ),
    "keys in trouble": ("/jwks", (500, b""), 503),
    "no userinfo": ("/userinfo", (401, b"{}"), 401),
    "odd userinfo": ("/userinfo", (200, b'{"sub": 5}'), 401),
}


@pytest.mark.parametrize(("path", "answer", "status"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_bad_answers_end_in_a_page(
    liar: Liar, path: str, answer: tuple[int, bytes], status: int
) -> None:
    liar.raw[path] = answer

    refused(liar, status=status)


def test_a_provider_that_is_slow_is_not_waited_for(
    liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.2)
    liar.seconds = 1.0

    refused(liar, status=503)


def test_a_provider_that_is_down_is_a_page_with_a_way_back() -> None:
    cache.clear()
    provider(issuer="http://127.0.0.1:1")

    answer = InsideBrowser().client.get("/sign-on/riveru/")

    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://another.example.edu"},
        {"issuer": None},
        {"authorization_endpoint": "http://id.example.edu/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
    ],
    ids=str,
)
def test_a_provider_that_describes_itself_oddly_is_not_gone_to(
    liar: Liar, change: dict[str, str | None]
) -> None:
    said = {**liar.describe(), **change}
    liar.raw["/.well-known/openid-configuration"] = (200, json.dumps(said).encode())

    answer = InsideBrowser().client.get("/sign-on/riveru/")

    assert answer.status_code == 401


def test_an_answer_of_another_provider_is_not_taken(liar: Liar) -> None:
    browser = InsideBrowser()
    back = gone_out(browser, liar)

    answer = browser.come_back(f"{back}&iss=https://another.example.edu")

    assert answer.status_code == 401
    assert liar.asked == []


def test_an_answer_is_good_once(liar: Liar) -> None:
    browser = InsideBrowser()
    back = gone_out(browser, liar)
    browser.come_back(back)

    again = browser.come_back(back)

    assert again.status_code == 400
    assert len(liar.asked) == 1


def test_an_answer_is_good_in_the_browser_that_asked_alone(liar: Liar) -> None:
    back = gone_out(InsideBrowser(), liar)

    answer = InsideBrowser().come_back(back)

    assert answer.status_code == 400
    assert "That sign-in is over" in answer.content.decode()


def test_an_answer_to_one_provider_is_none_to_another(liar: Liar) -> None:
    provider("other", issuer=liar.issuer)
    browser = InsideBrowser()
    back = gone_out(browser, liar)

    answer = browser.come_back(back.replace("riveru", "other"))

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("error", "words"),
    [("access_denied", "You did not sign in"), ("server_error", "could not be signed in")],
)
def test_who_says_no_at_the_provider_comes_back_to_a_page(
    liar: Liar, error: str, words: str
) -> None:
    browser = InsideBrowser()
    back = gone_out(browser, liar).replace("code=c", f"error={error}")

    assert words in browser.come_back(back).content.decode()


def test_what_a_link_says_goes_nowhere_near_the_provider(liar: Liar) -> None:
    answer = InsideBrowser().client.get(
        "/sign-on/riveru/?scope=admin&auth_params=redirect_uri%3Dhttps://evil.example.com&nonce=x"
    )

    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-on/riveru/callback/"]
    assert asked["scope"] == ["openid profile email"]
    assert asked["nonce"] != ["x"]


def test_a_provider_that_drips_is_not_waited_for(
    liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.3)
    liar.drips = True

    started = time.monotonic()
    refused(liar, status=503)

    assert time.monotonic() - started < 5


def test_an_answer_to_a_saml_provider_is_not_taken_here(liar: Liar) -> None:
    browser = InsideBrowser()
    back = gone_out(browser, liar)
    Provider.objects.update(protocol=Protocol.SAML)

    assert browser.come_back(back).status_code == 404
