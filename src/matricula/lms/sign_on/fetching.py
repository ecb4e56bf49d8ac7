"""Fetching from a provider: bounded in time and size, and only where nobody listens in."""

import json
import time
from typing import Any

import requests
from django.core.cache import cache

from matricula.lms.kernel.api import Unavailable
from matricula.lms.sign_on.registering import is_safe_address

CONNECT_SECONDS = 3.05
READ_SECONDS = 8
WHOLE_SECONDS = 12
PIECE = 16 * 2**10
LARGEST = 256 * 2**10
REMEMBERED_SECONDS = 300


class ProviderAway(Unavailable):
    """The provider does not answer."""

    code = "provider-away"


class BadAnswer(Exception):
    """The provider answered what cannot be used. ``fault`` names it without quoting it."""

    def __init__(self, fault: str) -> None:
        """Take the name of what is wrong."""
        super().__init__(fault)
        self.fault = fault


def fetch_document(address: str, *, again: bool = False) -> dict[str, Any]:
    """Return a JSON document of a provider, as it was not longer than five minutes ago.

    Raises:
        BadAnswer: it is no such document.
        ProviderAway: the provider does not answer.
    """
    key = f"sign-on:{address}"
    kept = None if again else cache.get(key)
    if kept is None:
        kept = fetch_json("GET", address)
        cache.set(key, kept, REMEMBERED_SECONDS)
    return dict(kept)


def fetch_json(method: str, address: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401  as requests has it
    """Return the JSON object that an address answers with.

    Raises:
        BadAnswer: it answers with something else, or refuses.
        ProviderAway: it does not answer, or says that it is in trouble.
    """
    if not is_safe_address(address):
        raise BadAnswer("unsafe-address")
    try:
        with requests.Session() as session:
            session.trust_env = False  # what is in ~/.netrc is not for providers
            response = session.request(
                method,
                address,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
                **options,
            )
            body = _read(response)
            response.close()
    except ProviderAway:
        raise
    except (requests.RequestException, OSError) as error:
        raise ProviderAway(f"The provider does not answer: {type(error).__name__}.") from error
    except Exception as error:  # urllib3's own, while the body is read
        raise ProviderAway(f"The provider stops answering: {type(error).__name__}.") from error
    return _decode(response.status_code, body)


def _read(response: requests.Response) -> bytes:
    """Read what comes, as it comes: each byte may be in time and the whole never end."""
    deadline = time.monotonic() + WHOLE_SECONDS
    body = b""
    while len(body) <= LARGEST and (piece := response.raw.read1(PIECE, decode_content=True)):
        body += piece
        if time.monotonic() > deadline:
            raise ProviderAway("The provider answers too slowly.")
    return body


def _decode(status: int, body: bytes) -> dict[str, Any]:
    if status >= requests.codes.server_error:
        raise ProviderAway(f"The provider answers {status}.")
    if status != requests.codes.ok:
        raise BadAnswer(f"status-{status}")
    if len(body) > LARGEST:
        raise BadAnswer("too-large")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswer("not-json") from None
    if not isinstance(found, dict):
        raise BadAnswer("not-an-object")
    return found
