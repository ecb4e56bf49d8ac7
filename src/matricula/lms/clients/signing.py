"""Signing tokens, and checking them: JSON Web Tokens with the claims that edX's services read."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
import msgspec
from django.conf import settings
from oauthlib.common import Request, generate_token

from matricula.lms.access.api import holds_role_everywhere
from matricula.lms.accounts.api import Account
from matricula.lms.clients.keeping_keys import (
    ALGORITHM,
    KEYS_KEPT_SECONDS,
    SigningKeyPair,
    choose_signing_key,
    list_public_keys,
)
from matricula.lms.kernel.api import NotAllowed

CLAIMS_VERSION = "1.2.0"
LEEWAY_SECONDS = 10


class BadToken(NotAllowed):
    """A token that is expired, or that none of our keys has signed for us."""

    code = "bad-token"


class Token(msgspec.Struct, frozen=True):
    """A signed token, and how long it is good for."""

    text: str
    lifetime_seconds: int


@dataclass(slots=True)
class _Kept:
    """Keys as they were a moment ago, so that a token costs no query."""

    until: float = 0.0
    public: dict[str, Any] = field(default_factory=dict)
    own: SigningKeyPair | None = None


_kept = _Kept()


def forget_kept_keys() -> None:
    """Ask the database and the host again for the next token."""
    _kept.until = 0.0


def sign_token(*, account: Account, at: datetime, scopes: tuple[str, ...] = ()) -> Token:
    """Return a token that says who the account is, good for ``TOKEN_LIFETIME`` from ``at``."""
    issued = int(at.timestamp())
    lifetime = int(settings.TOKEN_LIFETIME.total_seconds())
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
        "name": account.name,
        "administrator": account.is_staff
        or holds_role_everywhere(account_id=account.pk, role="support"),
        "roles": [],
        "scopes": list(scopes),
    }
    key = _own_key(at)
    text = jwt.encode(claims, key.private_key, ALGORITHM, headers={"kid": key.key_id})
    return Token(text, lifetime)


def read_token(text: str) -> str:
    """Return the uuid of the account that a token speaks for.

    Raises:
        BadToken: it is expired, for somebody else, or none of our keys has signed it.
    """
    try:
        key_id = jwt.get_unverified_header(text).get("kid")
        claims = jwt.decode(
            text,
            _public_key(key_id),
            [ALGORITHM],
            audience=settings.TOKEN_AUDIENCE,
            issuer=settings.LMS_URL,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "sub"]},
        )
    except jwt.ExpiredSignatureError:
        raise BadToken("The token has expired.") from None
    except jwt.InvalidTokenError:
        raise BadToken("The token is not one of ours.") from None
    return str(claims["sub"])


def make_token(request: Request) -> str:
    """Return a token for the OAuth2 provider: a JWT if ``token_type=jwt`` asks for one."""
    if (getattr(request, "token_type", None) or "").lower() != "jwt":
        return str(generate_token())
    account = request.user or request.client.user
    return sign_token(account=account, at=datetime.now(UTC), scopes=tuple(request.scopes)).text


def _own_key(at: datetime) -> SigningKeyPair:
    if _kept.own is None or time.monotonic() > _kept.until:
        own = choose_signing_key(at=at)
        _read_keys(at)
        _kept.own = own
        return own
    return _kept.own


def _public_key(key_id: str | None) -> Any:  # noqa: ANN401  cryptography's, whichever it is
    if time.monotonic() > _kept.until or key_id not in _kept.public:
        _read_keys(datetime.now(UTC))
    try:
        return _kept.public[key_id or ""]
    except KeyError:
        raise jwt.InvalidKeyError("unknown key") from None


def _read_keys(at: datetime) -> None:
    _kept.public = {key["kid"]: jwt.PyJWK(key).key for key in list_public_keys(at=at)}
    _kept.own = None
    _kept.until = time.monotonic() + KEYS_KEPT_SECONDS
