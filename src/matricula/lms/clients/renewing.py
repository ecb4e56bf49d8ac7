"""Renewing a client's secret, when it is lost or somebody else has it."""

from django.db import transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.clients.creating import NewClient, lock_client, make_secret
from matricula.lms.kernel.api import Actor


def renew_client_secret(*, name: str, by: Actor) -> NewClient:
    """Give a client another secret, and return it, once; with the old one nobody gets a token.

    Tokens it has stay good until they expire.

    Raises:
        PermissionMissing: the actor may not manage clients.
        UnknownClient: there is none of that name.
    """
    require_permission(by, Permission.CLIENTS_MANAGE)
    secret = make_secret()
    with transaction.atomic():
        client = lock_client(name=name)
        client.client_secret = secret
        client.save(update_fields=["client_secret"])
    return NewClient(client.name, client.user.username, client.client_id, secret)
