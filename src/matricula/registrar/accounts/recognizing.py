"""Recognizing who calls, by the token that the LMS has given them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import jwt
import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from matricula.registrar.accounts.keeping_keys import ALGORITHMS, find_key
from matricula.registrar.accounts.models import Account
from matricula.registrar.accounts.seeing import see_account
from matricula.service.refusals import NotAllowed

LEEWAY_SECONDS = 5
LONGEST_TOKEN = 8192
KNOWN_VERSION = 1
TO_WRITE = "write"


class BadToken(NotAllowed):
    """A token that is expired, or that the LMS has not signed for us."""

    code = "bad-token"


class Claims(msgspec.Struct, frozen=True):
    """What the LMS says of whoever has the token."""

    account_uuid: UUID = msgspec.field(name="sub")
    preferred_username: str = ""
    username: str = ""
    email: str = ""
    email_verified: bool = False
    administrator: bool = False
    version: str = "1.0.0"
    scopes: tuple[str, ...] = ()


class Caller(msgspec.Struct, frozen=True):
    """Whose account it is, and whether the token lets them change anything."""

    account: Account
    may_write: bool = True


def recognize_caller(*, token: str, at: datetime) -> Caller:
    """Return who shows a token; one that is new here gets an account.

    Raises:
        BadToken: it is not one of the LMS's, or not good any more.
        Unavailable: the LMS's keys cannot be had.
    """
    claims = read_token(token)
    account = see_account(
        uuid=claims.account_uuid,
        username=claims.preferred_username or claims.username,
        email=claims.email,
        is_email_verified=claims.email_verified,
        is_staff=claims.administrator,
        at=at,
    )
    if not account.is_active:
        raise BadToken(_("This account is closed here."))
    return Caller(account, may_write=not claims.scopes or TO_WRITE in claims.scopes)


def read_token(text: str) -> Claims:
    """Return what the LMS says in a token.

    Raises:
        BadToken: it is expired, for somebody else, or not the LMS's.
        Unavailable: the LMS's keys cannot be had.
    """
    if len(text) > LONGEST_TOKEN:
        raise BadToken(_("The token is not one of the LMS's."))
    try:
        claims = msgspec.convert(_decode(text), Claims)
    except jwt.ExpiredSignatureError:
        raise BadToken(_("The token has expired.")) from None
    except (jwt.PyJWTError, msgspec.ValidationError, RecursionError, ValueError):
        raise BadToken(_("The token is not one of the LMS's.")) from None
    major = claims.version.partition(".")[0]
    if not major.isdecimal() or int(major) > KNOWN_VERSION:
        raise BadToken(_("The token is of a newer version than is known here."))
    if not (claims.preferred_username or claims.username):
        raise BadToken(_("The token names nobody."))
    return claims


def _decode(text: str) -> dict[str, Any]:
    key_id = jwt.get_unverified_header(text).get("kid")
    key = find_key(str(key_id))
    if key is None:
        raise jwt.InvalidKeyError
    decoded: dict[str, Any] = jwt.decode(
        text,
        key,
        list(ALGORITHMS),
        audience=settings.TOKEN_AUDIENCE,
        issuer=settings.LMS_PUBLIC_URL,
        leeway=LEEWAY_SECONDS,
        options={"require": ["exp", "iat", "sub"]},
    )
    return decoded
