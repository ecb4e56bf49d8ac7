"""Signing in at the LMS for a service, as browsers and that service do."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client as Browser

from matricula.lms.clients.api import NewClient, create_client
from tests import given
from tests.browsing import a_browser, an_account, sign_in
from tests.lms.rest.tokens.asking import ask, form_of

AUTHORIZE = "/oauth2/authorize"
THERE = "https://registrar.example.org/login/complete"
VERIFIER = "v" * 43
STATE = "state-of-mine"


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def a_service(name: str = "Registrar", *redirect_uris: str) -> NewClient:
    return create_client(
        name=name,
        roles=["write"],
        organization_id=given.school().pk,
        is_trusted=True,
        redirect_uris=redirect_uris or [THERE],
        by=given.OPERATOR,
        at=given.NOW,
    )


def address_for(service: NewClient, **other: str | None) -> str:
    """Where the service sends people; a word that is None is left out."""
    words = {
        "response_type": "code",
        "client_id": service.client_id,
        "redirect_uri": THERE,
        "scope": "read",
        "state": STATE,
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **other,
    }
    said = {name: value for name, value in words.items() if value is not None}
    return f"{AUTHORIZE}?{urlencode(said)}"


def somebody_signed_in(username: str = "mira") -> Browser:
    an_account(username)
    browser = a_browser()
    assert sign_in(browser, login=username).status_code == 302
    return browser


def come_back(browser: Browser, address: str) -> tuple[str, dict[str, str]]:
    """Where the browser is sent, and with which words."""
    answer = browser.get(address)
    assert answer.status_code == 302, answer.content
    parts = urlsplit(answer["Location"])
    words = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return f"{parts.scheme}://{parts.netloc}{parts.path}", words


def code_for(service: NewClient, browser: Browser, **other: str | None) -> str:
    return come_back(browser, address_for(service, **other))[1]["code"]


def exchange(service: NewClient, code: str, /, **other: str | None) -> Any:  # noqa: ANN401  as ask
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": THERE,
        "token_type": "jwt",
        **other,
    }
    return ask(form_of(service, **form))
