"""Making clients, listing them, and deleting them."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.utils.text import slugify

from matricula.lms.access.api import Permission, give_role, list_roles, require_permission
from matricula.lms.accounts.api import (
    NewAccount,
    close_account,
    create_accounts,
    map_account_ids,
)
from matricula.lms.clients.models import Client
from matricula.lms.clients.redirecting import require_redirect_uris
from matricula.lms.kernel.api import UNSTORABLE, Actor, Conflict, Invalid, NotFound, quote

NAME_LENGTH = 100


class ClientNameTaken(Conflict):
    """A client has that name already."""

    code = "client-name-taken"


class InvalidClientName(Invalid):
    """The name has no letters or digits, has control characters, or is too long."""

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


class HeldRole(msgspec.Struct, frozen=True):
    """A role of a client, at the organization of that key, or at all with None."""

    role: str
    organization: str | None


class ClientOutline(msgspec.Struct, frozen=True):
    """A client, as it may be shown."""

    name: str
    username: str
    client_id: str
    is_trusted: bool
    roles: tuple[HeldRole, ...]
    redirect_uris: tuple[str, ...] = ()


def create_client(
    *,
    name: str,
    roles: Sequence[str],
    organization_id: int | None,
    is_trusted: bool = False,
    redirect_uris: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> NewClient:
    """Make a client with an account of its own, which gets the roles.

    With ``redirect_uris`` it may have people sign in here, who are sent there with a code.

    Raises:
        ClientNameTaken, InvalidClientName: another name is needed.
        InvalidRedirectUri: one is none, or the client is not trusted.
        PermissionMissing: the actor may not make clients.
        UnknownRole: a role is not declared.
        UsernameTaken: somebody has made a client of that name at the same moment.
    """
    require_permission(by, Permission.CLIENTS_MANAGE)
    name = name.strip()
    username = _choose_username(name)
    allowed = require_redirect_uris(redirect_uris, is_trusted=is_trusted)
    secret = make_secret()
    with transaction.atomic():
        if _find(name).exists():
            raise ClientNameTaken(f"There is a client {quote(name)} already.")
        account = create_accounts(accounts=[NewAccount(username=username, email="")], at=at)[0]
        client = Client.objects.create(
            name=name,
            user=account,
            client_secret=secret,
            client_type=Client.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
            is_trusted=is_trusted,
            redirect_uris=allowed,
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
        client = lock_client(name=name)
        close_account(account_id=client.user_id)
        client.delete()


@transaction.atomic
def change_redirect_uris(*, name: str, redirect_uris: Sequence[str], by: Actor) -> None:
    """Say anew where a client may have people sent who have signed in; with none, nowhere.

    Raises:
        InvalidRedirectUri: one is none, or the client is not trusted.
        PermissionMissing: the actor may not manage clients.
        UnknownClient: there is none of that name.
    """
    require_permission(by, Permission.CLIENTS_MANAGE)
    client = lock_client(name=name)
    client.redirect_uris = require_redirect_uris(redirect_uris, is_trusted=client.is_trusted)
    client.save(update_fields=["redirect_uris"])


def list_clients(*, by: Actor) -> list[ClientOutline]:
    """Return all clients by name.

    Raises:
        PermissionMissing: the actor may not manage clients.
    """
    require_permission(by, Permission.CLIENTS_MANAGE)
    clients = list(Client.objects.select_related("user").order_by(Lower("name")))
    roles: dict[int, list[HeldRole]] = {client.user_id: [] for client in clients}
    for held in list_roles(account_ids=roles):
        key = held.organization.key if held.organization else None
        roles[held.account_id].append(HeldRole(held.role, key))
    return [
        ClientOutline(
            client.name,
            client.user.username,
            client.client_id,
            client.is_trusted,
            tuple(roles[client.user_id]),
            tuple(client.redirect_uris.split()),
        )
        for client in clients
    ]


def lock_client(*, name: str) -> Client:
    """Return the client of that name, letter case ignored, locked until the transaction ends.

    Raises:
        UnknownClient: there is none.
    """
    found = _find(name.strip()).select_related("user").select_for_update(of=["self"]).first()
    if found is None:
        raise UnknownClient(f"There is no client {quote(name)}.")
    return found


def make_secret() -> str:
    """Return 256 random bits, which nobody guesses."""
    return secrets.token_urlsafe(32)


def _find(name: str) -> QuerySet[Client]:
    named: QuerySet[Client] = Client.objects.alias(lowered=Lower("name"))
    return named.filter(lowered=Lower(Value(name)))


def _choose_username(name: str) -> str:
    """Return one that tells whose it is; that of a deleted client stays with its account."""
    slug = slugify(name)
    if not slug or len(name) > NAME_LENGTH or UNSTORABLE.search(name):
        message = f"A client's name needs letters or digits, at most {NAME_LENGTH} characters."
        raise InvalidClientName(message)
    username = f"client-{slug}"
    is_taken = bool(map_account_ids(usernames=[username]))
    return f"{username}-{secrets.token_hex(4)}" if is_taken else username
