"""Recognizing who calls, by the token they show."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection
from oauth2_provider.models import AccessToken

from matricula.lms.accounts.api import Account
from matricula.lms.clients.signing import BadToken, read_token
from matricula.lms.kernel.api import prepared_cursor

PARTS_OF_A_JWT = 3
TO_WRITE = "write"

ACCOUNT_COLUMNS = [
    field.attname
    for field in Account._meta.concrete_fields  # noqa: SLF001  Django's own way
]

# Asked by every request: written out, because to put it together takes longer than all the rest
# of finding out who calls. The columns are those of the model, in its order. The roles come with
# it, so that no permission in the request is a query more, and the stamp of the catalog, so that
# what is kept of a program is none either.
HOLDER = """
SELECT account.id, account.password, account.last_login, account.is_superuser, account.username,
       account.email, account.is_staff, account.is_active, account.date_joined, account.uuid,
       account.name, account.retired_at, account.merged_into_id, client.is_trusted, ARRAY(
           SELECT role FROM role_assignment WHERE account_id = account.id ORDER BY id
       ), ARRAY(
           SELECT organization_id FROM role_assignment WHERE account_id = account.id ORDER BY id
       ), (SELECT stamp FROM catalog_stamp WHERE id = 1)
FROM account
LEFT JOIN client ON client.user_id = account.id AND client.client_id = %(client_id)s
WHERE account.uuid = %(account_uuid)s
"""


class Caller(msgspec.Struct, frozen=True):
    """Whose account it is, and whether a client of the platform itself acts as it.

    ``roles`` as an ``Actor`` has them, of one moment; None if they were not read. ``may_write``
    is not so for a token that was asked for reading alone. ``catalog_stamp`` is of that moment
    too, for operations that keep what they read of programs.
    """

    account: Account
    is_trusted: bool
    roles: tuple[tuple[str, int | None], ...] | None = None
    may_write: bool = True
    catalog_stamp: UUID | None = None


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
    """Return the account that the token names, which must be that of the client it names."""
    claims = read_token(token)
    with prepared_cursor() as cursor:
        named = {"client_id": claims.client_id, "account_uuid": claims.account_uuid}
        cursor.execute(HOLDER, named)
        row = cursor.fetchone()
    if row is None:
        return None
    *values, is_trusted, roles, organization_ids, catalog_stamp = row
    if claims.client_id is not None and is_trusted is None:
        return None
    account = Account.from_db(connection.alias, ACCOUNT_COLUMNS, values)
    held = tuple(zip(roles, organization_ids, strict=True))
    may_write = not claims.scopes or TO_WRITE in claims.scopes
    return Caller(
        account,
        is_trusted=bool(is_trusted),
        roles=held,
        may_write=may_write,
        catalog_stamp=catalog_stamp,
    )


def _find_by_opaque_token(token: str, *, at: datetime) -> Caller | None:
    checksum = sha256(token.encode()).hexdigest()
    found = AccessToken.objects.select_related("application__user", "user")
    known = found.filter(
        token_checksum=checksum, expires__gt=at, application__isnull=False
    ).first()
    if known is None or not known.allows_audience(settings.LMS_URL):
        raise BadToken("The token is expired or unknown.")
    client = known.application
    may_write = TO_WRITE in known.scope.split()
    if known.user is None:
        return Caller(client.user, is_trusted=client.is_trusted, may_write=may_write)
    return Caller(known.user, is_trusted=False, may_write=may_write)
