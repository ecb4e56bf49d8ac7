"""Forgetting tokens and sessions that nobody can use any more."""

from datetime import datetime

from django.contrib.sessions.models import Session
from oauth2_provider.models import AccessToken, Grant


def forget_expired_tokens(*, at: datetime) -> int:
    """Delete what the OAuth2 provider keeps of tokens that have expired, and return how many.

    And of codes that nobody has shown.
    """
    Grant.objects.filter(expires__lt=at).delete()
    count: int = AccessToken.objects.filter(expires__lt=at).delete()[0]
    return count


def forget_expired_sessions(*, at: datetime) -> int:
    """Delete the sessions of browsers that have expired, and return how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
