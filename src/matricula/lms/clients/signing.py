"""Signing tokens, and checking them: JSON Web Tokens with the claims that edX's services read."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
import msgspec
from django.conf import settings
from oauthlib.common import generate_token

from matricula.lms.access.api import holds_role_everywhere
from matricula.lms.accounts.api import Account
from matricula.lms.clients.keeping_keys import ALGORITHM, KeyPair
from matricula.lms.clients.models import Client
from matricula.lms.clients.publishing_keys import (
    KEYS_KEPT_SECONDS,
    LEEWAY_SECONDS,
    make_signing_key,
    read_keys,
)
from matricula.lms.kernel.api import NotAllowed

CLAIMS_VERSION = "1.2.0"
LONGEST_TOKEN = 8192
"""Characters. Ours have at most half of that: browsers keep no longer cookies."""
LONGEST_NAME = 100
"""Characters of a person's name that are told: the whole token must fit into a cookie."""
PAUSE_SECONDS = 1
"""Between two searches for a key that is not known: whoever invents keys must not keep us busy."""
TOKENS_KEPT = 1_000
"""Of those found good, so many are known again without a look at their signature."""


class BadToken(NotAllowed):
    """A token that is expired, or that none of our keys has signed for us."""

    code = "bad-token"


class Token(msgspec.Struct, frozen=True):
    """A signed token, and how long it is good for."""

    text: str
    lifetime_seconds: int


class Claims(msgspec.Struct, frozen=True):
    """Whom a token speaks for: an account, perhaps that of a client; without scopes, in all."""

    account_uuid: UUID = msgspec.field(name="sub")
    expires_at: int = msgspec.field(name="exp")
    client_id: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Kept:
    """Keys as they were a moment ago, so that a token costs no query; and what they signed."""

    read_at: float = float("-inf")
    searched_at: float = float("-inf")
    public: dict[str, Any] = field(default_factory=dict)
    own: KeyPair | None = None
    claims: dict[str, Claims] = field(default_factory=dict)


_kept = _Kept()


def forget_kept_keys() -> None:
    """Ask the database and the host again for the next token."""
    _kept.read_at = _kept.searched_at = float("-inf")


def sign_token(
    *,
    account: Account,
    at: datetime,
    scopes: tuple[str, ...] = (),
    email_verified: bool = False,
    lifetime_seconds: int | None = None,
) -> Token:
    """Return a token that says who the account is, good for ``TOKEN_LIFETIME`` if not for less.

    ``email_verified`` is whether the account has proven its address; other services rely on it.
    """
    issued = int(at.timestamp())
    lifetime = lifetime_seconds or int(settings.TOKEN_LIFETIME.total_seconds())
    claims = {
        "iss": settings.LMS_URL,
        "aud": settings.TOKEN_AUDIENCE,
        "iat": issued,
        "exp": issued + lifetime,
        "jti": generate_token(),
        "sub": str(account.uuid),
        "version": CLAIMS_VERSION,
        "user_id": account.pk,
        "preferred_username": account.username,
        "email": account.email,
        "email_verified": email_verified,
        "name": account.name[:LONGEST_NAME],
        "administrator": account.is_staff
        or holds_role_everywhere(account_id=account.pk, role="support"),
        "roles": [],
        "scopes": list(scopes),
    }
    if client_id := Client.objects.filter(user=account).values_list("client_id").first():
        claims["client_id"] = client_id[0]
    key = _own_key(at)
    text = jwt.encode(claims, key.private_key, ALGORITHM, headers={"kid": key.key_id})
    return Token(text, lifetime)


def read_token(text: str) -> Claims:
    """Return whom a token speaks for.

    Raises:
        BadToken: it is expired, for somebody else, or none of our keys has signed it.
    """
    known = _kept.claims.get(text)
    if known is not None and not _is_over(_kept.read_at, KEYS_KEPT_SECONDS):
        if known.expires_at <= time.time() - LEEWAY_SECONDS:
            raise BadToken("The token has expired.")
        return known
    if len(text) > LONGEST_TOKEN:
        raise BadToken("The token is not one of ours.")
    try:
        return _keep(text, msgspec.convert(_decode(text), Claims))
    except jwt.ExpiredSignatureError:
        raise BadToken("The token has expired.") from None
    except (jwt.PyJWTError, msgspec.ValidationError, RecursionError, ValueError):
        raise BadToken("The token is not one of ours.") from None


def _decode(text: str) -> dict[str, Any]:
    key_id = jwt.get_unverified_header(text).get("kid")
    decoded: dict[str, Any] = jwt.decode(
        text,
        _public_key(key_id),
        [ALGORITHM],
        audience=settings.TOKEN_AUDIENCE,
        issuer=settings.LMS_URL,
        leeway=LEEWAY_SECONDS,
        options={"require": ["exp", "iat", "sub"]},
    )
    return decoded


def _keep(text: str, claims: Claims) -> Claims:
    if len(_kept.claims) >= TOKENS_KEPT:
        _kept.claims.clear()
    _kept.claims[text] = claims
    return claims


def _own_key(at: datetime) -> KeyPair:
    if _is_over(_kept.read_at, KEYS_KEPT_SECONDS):
        _read_keys(at)
    if _kept.own is None:
        made = make_signing_key(at=at)
        _read_keys(at)
        _kept.own = made
    return _kept.own


def _public_key(key_id: str | None) -> Any:  # noqa: ANN401  cryptography's, whichever it is
    if _is_over(_kept.read_at, KEYS_KEPT_SECONDS):
        _read_keys(datetime.now(UTC))
    if key_id not in _kept.public and _is_over(_kept.searched_at, PAUSE_SECONDS):
        _kept.searched_at = time.monotonic()
        _read_keys(datetime.now(UTC))  # another host may have made it just now
    try:
        return _kept.public[key_id or ""]
    except KeyError:
        raise jwt.InvalidKeyError from None


def _read_keys(at: datetime) -> None:
    keys = read_keys(at=at)
    _kept.public = {key["kid"]: jwt.PyJWK(key).key for key in keys.public}
    _kept.own = keys.own
    _kept.claims.clear()  # a key may be void now
    _kept.read_at = time.monotonic()


def _is_over(since: float, seconds: float) -> bool:
    return time.monotonic() - since > seconds
