"""The door of clients."""

from matricula.lms.clients.browsing import (
    BrowserSession,
    OnlyOwnSessions,
    UnknownSession,
    end_browser_session,
    end_other_browser_sessions,
    list_browser_sessions,
)
from matricula.lms.clients.cookies import remove_token_cookies, set_token_cookies
from matricula.lms.clients.creating import (
    ClientNameTaken,
    ClientOutline,
    InvalidClientName,
    NewClient,
    UnknownClient,
    change_redirect_uris,
    create_client,
    delete_client,
    list_clients,
)
from matricula.lms.clients.ending import end_clients, end_sessions, end_tokens, is_client
from matricula.lms.clients.forgetting import forget_expired_tokens
from matricula.lms.clients.models import Client, SigningKey
from matricula.lms.clients.publishing_keys import (
    KEYS_KEPT_SECONDS,
    UnknownSigningKey,
    forget_signing_keys,
    list_public_keys,
    list_signing_keys,
    make_signing_key,
    revoke_signing_key,
    rotate_signing_keys,
)
from matricula.lms.clients.recognizing import Caller, recognize_caller
from matricula.lms.clients.redirecting import InvalidRedirectUri, find_form_target
from matricula.lms.clients.renewing import renew_client_secret
from matricula.lms.clients.signing import (
    BadToken,
    Token,
    forget_kept_keys,
    read_token,
    sign_token,
)

__all__ = [
    "KEYS_KEPT_SECONDS",
    "BadToken",
    "BrowserSession",
    "Caller",
    "Client",
    "ClientNameTaken",
    "ClientOutline",
    "InvalidClientName",
    "InvalidRedirectUri",
    "NewClient",
    "OnlyOwnSessions",
    "SigningKey",
    "Token",
    "UnknownClient",
    "UnknownSession",
    "UnknownSigningKey",
    "change_redirect_uris",
    "create_client",
    "delete_client",
    "end_browser_session",
    "end_clients",
    "end_other_browser_sessions",
    "end_sessions",
    "end_tokens",
    "find_form_target",
    "forget_expired_tokens",
    "forget_kept_keys",
    "forget_signing_keys",
    "is_client",
    "list_browser_sessions",
    "list_clients",
    "list_public_keys",
    "list_signing_keys",
    "make_signing_key",
    "read_token",
    "recognize_caller",
    "remove_token_cookies",
    "renew_client_secret",
    "revoke_signing_key",
    "rotate_signing_keys",
    "set_token_cookies",
    "sign_token",
]
