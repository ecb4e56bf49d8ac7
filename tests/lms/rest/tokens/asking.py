"""Asking for tokens as clients do."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from django.test import Client as Browser
from django.test.client import MULTIPART_CONTENT

from matricula.lms.clients.api import NewClient, create_client
from tests import given

ADDRESS = "/oauth2/access_token"
FORM = "application/x-www-form-urlencoded"


def a_client(name: str = "Registrar", *roles: str, is_trusted: bool = False) -> NewClient:
    return create_client(
        name=name,
        roles=roles or ["write"],
        organization_id=given.school().pk,
        is_trusted=is_trusted,
        by=given.OPERATOR,
        at=given.NOW,
    )


def form_of(client: NewClient, **other: str | None) -> dict[str, str]:
    """What a client sends; a field that is None is left out."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        **other,
    }
    return {name: value for name, value in form.items() if value is not None}


def ask(
    form: dict[str, str],
    *,
    address: str = ADDRESS,
    content_type: str = FORM,
    **headers: str,
) -> Any:  # noqa: ANN401  Django's test answers have no public type
    """Ask as a program does, without cookies."""
    browser = Browser(enforce_csrf_checks=True)
    if content_type == MULTIPART_CONTENT:
        return browser.post(address, form, headers=headers)
    return browser.post(address, urlencode(form), content_type=content_type, headers=headers)


def basic(client: NewClient) -> str:
    """The header of RFC 7617."""
    return f"Basic {b64encode(f'{client.client_id}:{client.client_secret}'.encode()).decode()}"


def token_of(client: NewClient, kind: str = "jwt") -> str:
    answer = ask(form_of(client, token_type=kind))
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])
