"""Forgetting sessions that nobody can use any more."""

from datetime import datetime

from django.contrib.sessions.models import Session


def forget_expired_sessions(*, at: datetime) -> int:
    """Delete the sessions of browsers that have expired, and return how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
