"""Forgetting tokens and sessions that nobody can use any more."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from oauth2_provider.models import AccessToken, Grant

NEW = timedelta(days=1)
"""So long the note of a session is left alone: somebody may be signing in just now."""


def forget_expired_tokens(*, at: datetime) -> int:
    """Delete what the OAuth2 provider keeps of tokens that have expired, and return how many.

    And of codes that nobody has shown.
    """
    Grant.objects.filter(expires__lt=at).delete()
    count: int = AccessToken.objects.filter(expires__lt=at).delete()[0]
    return count


def forget_expired_sessions(*, at: datetime) -> int:
    """Delete the sessions of browsers that have expired, and return how many.

    And what was noted of sessions that are gone.
    """
    still_there = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=at)
    notes = UserSession.objects.filter(~Exists(still_there), created_at__lt=at - NEW)
    notes.delete()
    return Session.objects.filter(expire_date__lt=at).delete()[0]
