"""Ending every way in that an account has: sessions, tokens, and the client that acts as it."""

from collections.abc import Collection
from json import dumps

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Q
from oauth2_provider.models import AccessToken, DeviceGrant, Grant, IDToken, RefreshToken

from matricula.lms.clients.models import Client
from matricula.lms.ledger.api import Names

AT_ONCE = 1_000
TOKENS = (RefreshToken, Grant, IDToken, AccessToken)


def end_sessions(*, account_ids: Collection[int], names: Names | None = None) -> int:
    """Delete the accounts' sessions, and those that keep one of ``names``; return how many.

    Whose a session is stands inside of it: each is read once. Within the caller's transaction.
    """
    wanted = {str(account_id) for account_id in account_ids}
    UserSession.objects.filter(user__in=account_ids).delete()
    found = [
        session.pk
        for session in Session.objects.iterator(chunk_size=AT_ONCE)
        if _is_of(session, wanted, names)
    ]
    return Session.objects.filter(pk__in=found).delete()[0]


def end_tokens(*, account_ids: Collection[int]) -> int:
    """Delete what the OAuth2 provider keeps for the accounts and their clients; return how many.

    A signed token needs no row: it is refused because its account is closed.
    """
    of_them = Q(user__in=account_ids) | Q(application__user__in=account_ids)
    ended: int = DeviceGrant.objects.filter(user__in=account_ids).delete()[0]
    for model in TOKENS:
        ended += model.objects.filter(of_them).delete()[0]
    return ended


def end_clients(*, account_ids: Collection[int]) -> int:
    """Delete the clients that act as the accounts, and return how many."""
    clients = Client.objects.filter(user__in=account_ids)
    return sum(1 for client in clients if client.delete())


def is_client(*, account_ids: Collection[int]) -> bool:
    """Tell whether a client acts as one of the accounts."""
    return bool(Client.objects.filter(user__in=account_ids).exists())


def _is_of(session: Session, account_ids: Collection[str], names: Names | None) -> bool:
    kept = session.get_decoded()
    if str(kept.get(SESSION_KEY)) in account_ids:
        return True
    return names is not None and names.is_in(dumps(kept, ensure_ascii=False, default=str))
