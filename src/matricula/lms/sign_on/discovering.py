"""Discovering an OpenID Connect provider: its addresses and keys, by its issuer."""

from dataclasses import dataclass
from typing import Any

import jwt

from matricula.lms.sign_on.fetching import BadAnswer, fetch_document
from matricula.lms.sign_on.registering import is_safe_address

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """What a provider says of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    takes_basic: bool
    names_itself: bool
    """It says in each answer who it is, so that none can be taken for another's (RFC 9207)."""


def discover(issuer: str) -> Configuration:
    """Return what the provider of an issuer says of itself.

    Raises:
        BadAnswer: it says what cannot be, or that it is another.
        ProviderAway: it does not answer.
    """
    said = fetch_document(issuer.rstrip("/") + WELL_KNOWN)
    if said.get("issuer") != issuer:
        raise BadAnswer("other-issuer")
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Configuration(
        issuer=issuer,
        authorization=_address(said, "authorization_endpoint"),
        token=_address(said, "token_endpoint"),
        keys=_address(said, "jwks_uri"),
        userinfo=_address(said, "userinfo_endpoint") if said.get("userinfo_endpoint") else None,
        takes_basic="client_secret_basic" in methods,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def find_key(address: str, *, key_id: str | None, algorithm: str) -> jwt.PyJWK:
    """Return the key of that id and for that algorithm; if it is new, by asking once more.

    Raises:
        BadAnswer: there is no such key.
        ProviderAway: the provider does not answer.
    """
    for again in (False, True):
        keys = _list_keys(fetch_document(address, again=again), algorithm)
        named = [each for each in keys if key_id is None or each.key_id == key_id]
        if len(named) == 1:
            return named[0]
    raise BadAnswer("unknown-key")


def _list_keys(said: dict[str, Any], algorithm: str) -> list[jwt.PyJWK]:
    keys = said.get("keys")
    if not isinstance(keys, list):
        raise BadAnswer("no-keys")
    return [key for key in (_read_key(each, algorithm) for each in keys) if key is not None]


def _read_key(said: Any, algorithm: str) -> jwt.PyJWK | None:  # noqa: ANN401  whatever they wrote
    """Return a public key that signs with the algorithm, or None if it is none."""
    try:
        is_fit = said.get("use", "sig") == "sig" and said.get("alg", algorithm) == algorithm
        return jwt.PyJWK.from_dict(said, algorithm) if is_fit and said["kty"] != "oct" else None
    except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _address(said: dict[str, Any], name: str) -> str:
    address = said.get(name)
    if not isinstance(address, str) or not is_safe_address(address):
        raise BadAnswer(f"no-{name.replace('_', '-')}")
    return address
