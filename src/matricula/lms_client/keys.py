"""The public keys of the LMS's tokens, for services that are shown such tokens."""

from typing import Any

import msgspec

from matricula.lms_client.calling import Access, Calls, read_json

KEYS = "/oauth2/jwks"


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


def list_keys(access: Access) -> list[dict[str, Any]]:
    """Return them as RFC 7517 has them. Nobody has to sign in for it.

    Raises:
        LmsTrouble: they cannot be had.
    """
    calls = Calls(access)
    try:
        told: _KeySet = read_json(calls.call("GET", KEYS, is_public=True), _KeySet)
        return told.keys
    finally:
        calls.close()
