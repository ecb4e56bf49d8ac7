"""Making clients."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.text import slugify

from matricula.lms.access.api import Permission, give_role, require_permission
from matricula.lms.accounts.api import NewAccount, close_account, create_accounts
from matricula.lms.clients.models import Client
from matricula.lms.kernel.api import Actor, Conflict, Invalid, NotFound, quote

NAME_LENGTH = 100


class ClientNameTaken(Conflict):
    """A client has that name already."""

    code = "client-name-taken"


class InvalidClientName(Invalid):
    """The name has no letters or digits, or is too long."""

    code = "invalid-client-name"


class UnknownClient(NotFound):
    """No client has that name."""

    code = "client-not-found"


class NewClient(msgspec.Struct, frozen=True):
    """A client just made. The secret is told here, once, and kept as a hash alone."""

    name: str
    username: str
    client_id: str
    client_secret: str


def create_client(
    *,
    name: str,
    roles: Sequence[str],
    organization_id: int | None,
    is_trusted: bool = False,
    by: Actor,
    at: datetime,
) -> NewClient:
    """Make a client with an account of its own, which gets the roles.

    Raises:
        ClientNameTaken, InvalidClientName: another name is needed.
        PermissionMissing: the actor may not make clients.
        UnknownRole: a role is not declared.
    """
    require_permission(by, Permission.CLIENTS_MANAGE)
    username = _make_username(name)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        if Client.objects.filter(name=name.strip()).exists():
            raise ClientNameTaken(f"There is a client {quote(name)} already.")
        account = create_accounts(accounts=[NewAccount(username=username, email="")], at=at)[0]
        client = Client.objects.create(
            name=name.strip(),
            user=account,
            client_secret=secret,
            client_type=Client.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
            is_trusted=is_trusted,
        )
        for role in roles:
            give_role(account_id=account.pk, role=role, organization_id=organization_id, by=by)
    return NewClient(client.name, account.username, client.client_id, secret)


def delete_client(*, name: str, by: Actor) -> None:
    """Forget a client. Its account stays, for the ledger's sake, and can do nothing any more.

    Raises:
        PermissionMissing: the actor may not manage clients.
        UnknownClient: there is none of that name.
    """
    require_permission(by, Permission.CLIENTS_MANAGE)
    with transaction.atomic():
        client = Client.objects.select_for_update().filter(name=name.strip()).first()
        if client is None:
            raise UnknownClient(f"There is no client {quote(name)}.")
        close_account(account_id=client.user_id)
        client.delete()


def list_clients(*, by: Actor) -> list[Client]:
    """Return all clients by name.

    Raises:
        PermissionMissing: the actor may not manage clients.
    """
    require_permission(by, Permission.CLIENTS_MANAGE)
    return list(Client.objects.select_related("user").order_by("name"))


def _make_username(name: str) -> str:
    slug = slugify(name)
    if not slug or len(name) > NAME_LENGTH:
        message = f"A client's name needs letters or digits, at most {NAME_LENGTH} characters."
        raise InvalidClientName(message)
    return f"client-{slug}"
