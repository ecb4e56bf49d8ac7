"""Exchanging codes: a service learns who has signed in at the LMS for it."""

from dataclasses import replace
from urllib.parse import urlencode

import msgspec

from matricula.lms_client.calling import Access, Calls, read_json

TOKENS = "/oauth2/access_token"


class _Told(msgspec.Struct, frozen=True):
    access_token: str


def exchange_code(access: Access, *, code: str, verifier: str, redirect_uri: str) -> str:
    """Return the token of whoever has signed in, as the LMS signs it. Never tried twice.

    Raises:
        LmsRefused: the code is expired, or for somebody else.
        LmsTrouble: the LMS cannot be asked.
    """
    form = {
        "grant_type": "authorization_code",
        "client_id": access.client_id,
        "client_secret": access.client_secret,
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": redirect_uri,
        "token_type": "jwt",
    }
    calls = Calls(replace(access, attempts=1))
    try:
        answer = calls.call(
            "POST",
            TOKENS,
            body=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            is_public=True,
        )
        told: _Told = read_json(answer, _Told)
        return told.access_token
    finally:
        calls.close()
