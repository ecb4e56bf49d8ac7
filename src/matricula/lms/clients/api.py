"""The door of clients."""

from matricula.lms.clients.cookies import remove_token_cookies, set_token_cookies
from matricula.lms.clients.creating import (
    ClientNameTaken,
    InvalidClientName,
    NewClient,
    UnknownClient,
    create_client,
    delete_client,
    list_clients,
)
from matricula.lms.clients.keeping_keys import (
    UnknownSigningKey,
    list_public_keys,
    make_signing_key,
    revoke_signing_key,
    rotate_signing_keys,
)
from matricula.lms.clients.models import Client
from matricula.lms.clients.signing import (
    BadToken,
    Token,
    forget_kept_keys,
    read_token,
    sign_token,
)

__all__ = [
    "BadToken",
    "Client",
    "ClientNameTaken",
    "InvalidClientName",
    "NewClient",
    "Token",
    "UnknownClient",
    "UnknownSigningKey",
    "create_client",
    "delete_client",
    "forget_kept_keys",
    "list_clients",
    "list_public_keys",
    "make_signing_key",
    "read_token",
    "remove_token_cookies",
    "revoke_signing_key",
    "rotate_signing_keys",
    "set_token_cookies",
    "sign_token",
]
