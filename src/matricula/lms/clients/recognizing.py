"""Recognizing who calls, by the token they show."""

from datetime import datetime
from hashlib import sha256

import msgspec
from django.conf import settings
from oauth2_provider.models import AccessToken

from matricula.lms.accounts.api import Account, find_account
from matricula.lms.clients.models import Client
from matricula.lms.clients.signing import BadToken, Claims, read_token

PARTS_OF_A_JWT = 3


class Caller(msgspec.Struct, frozen=True):
    """Whose account it is, and whether a client of the platform itself acts as it."""

    account: Account
    is_trusted: bool


def recognize_caller(*, token: str, at: datetime) -> Caller:
    """Return who shows a token, a JWT or an opaque one. One query.

    Raises:
        BadToken: it is not one of ours, or not good any more, or its account is closed.
    """
    is_jwt = token.count(".") == PARTS_OF_A_JWT - 1
    caller = _find_by_jwt(token) if is_jwt else _find_by_opaque_token(token, at=at)
    if caller is None or not caller.account.is_active:
        raise BadToken("The account of this token cannot be used.")
    return caller


def _find_by_jwt(token: str) -> Caller | None:
    claims = read_token(token)
    if claims.client_id is not None:
        return _find_client(claims)
    account = find_account(uuid=str(claims.account_uuid))
    return None if account is None else Caller(account, is_trusted=False)


def _find_client(claims: Claims) -> Caller | None:
    client = Client.objects.select_related("user").filter(client_id=claims.client_id).first()
    if client is None or client.user.uuid != claims.account_uuid:
        return None
    return Caller(client.user, is_trusted=client.is_trusted)


def _find_by_opaque_token(token: str, *, at: datetime) -> Caller | None:
    checksum = sha256(token.encode()).hexdigest()
    found = AccessToken.objects.select_related("application__user")
    known = found.filter(
        token_checksum=checksum, expires__gt=at, application__isnull=False
    ).first()
    if known is None or not known.allows_audience(settings.LMS_URL):
        raise BadToken("The token is expired or unknown.")
    client: Client = known.application
    return Caller(client.user, is_trusted=client.is_trusted)
