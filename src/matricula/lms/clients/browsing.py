"""Browsing: where somebody is signed in with a browser, and ending that from elsewhere."""

from datetime import datetime
from typing import Any

import msgspec
import structlog
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor, NotAllowed, NotFound

log = structlog.get_logger("matricula.clients")


class BrowserSession(msgspec.Struct, frozen=True):
    """That somebody is signed in: since when, from what address, and what their browser says.

    ``address`` is empty if it is not known.
    """

    id: int
    signed_in_at: datetime
    address: str
    user_agent: str
    is_current: bool


class OnlyOwnSessions(NotAllowed):
    """Where somebody is signed in is for themselves alone."""

    code = "only-own-sessions"


class UnknownSession(NotFound):
    """The account has no such session."""

    code = "session-not-found"


NOWHERE = "::"
AT_MOST = 100
"""Told at once, the last of them; whoever has more ends all others first."""


def note_session(request: HttpRequest, **more: Any) -> None:  # noqa: ANN401  a signal sends more than is asked for
    """Note where somebody has just signed in, so that they can be told."""
    del more
    UserSession.objects.create_from_request(request)


def list_browser_sessions(
    *, account: Account, by: Actor, at: datetime, current: str | None = None
) -> list[BrowserSession]:
    """Return where the actor is signed in, the last first; two queries.

    ``current`` is the key of the session that asks. Left out are those that a change of the
    password has ended.

    Raises:
        OnlyOwnSessions: the account is not the actor's.
    """
    _require_own(account.pk, by)
    noted = list(UserSession.objects.filter(user=account).order_by("-created_at", "-pk")[:AT_MOST])
    keys = [each.session_key for each in noted]
    found = Session.objects.filter(session_key__in=keys, expire_date__gt=at)
    open_keys = {each.pk for each in found if _is_open(each, account)}
    return [
        BrowserSession(
            id=each.pk,
            signed_in_at=each.created_at,
            address="" if str(each.ip) == NOWHERE else str(each.ip),
            user_agent=each.user_agent,
            is_current=each.session_key == current,
        )
        for each in noted
        if each.session_key in open_keys
    ]


def end_browser_session(*, session_id: int, account_id: int, by: Actor) -> str:
    """Sign the actor out where they have that session, and return its key.

    No token can be got with it any more; one that its browser has is good until it expires.

    Raises:
        OnlyOwnSessions: the account is not the actor's.
        UnknownSession: the account has no such session.
    """
    _require_own(account_id, by)
    noted = UserSession.objects.filter(user=account_id, pk=session_id).first()
    if noted is None:
        raise UnknownSession("You are not signed in there any more.")
    _end([noted.session_key])
    log.info("session ended", account_id=account_id)
    return str(noted.session_key)


def end_other_browser_sessions(*, account_id: int, current: str | None, by: Actor) -> int:
    """Sign the actor out everywhere but here; return of how many places.

    Raises:
        OnlyOwnSessions: the account is not the actor's.
    """
    _require_own(account_id, by)
    others = UserSession.objects.filter(user=account_id).exclude(session_key=current)
    ended = _end(list(others.values_list("session_key", flat=True)))
    log.info("other sessions ended", account_id=account_id, count=ended)
    return ended


def _require_own(account_id: int, by: Actor) -> None:
    if by.account_id != account_id:
        raise OnlyOwnSessions("Where somebody is signed in is for themselves alone.")


def _is_open(session: Session, account: Account) -> bool:
    kept = SessionStore().decode(session.session_data)
    is_theirs = str(kept.get(SESSION_KEY)) == str(account.pk)
    return is_theirs and kept.get(HASH_SESSION_KEY) == account.get_session_auth_hash()


def _end(keys: list[str]) -> int:
    with transaction.atomic():
        UserSession.objects.filter(session_key__in=keys).delete()
        return Session.objects.filter(session_key__in=keys).delete()[0]
