"""Forgetting tokens that nobody can use any more."""

from datetime import datetime

from oauth2_provider.models import AccessToken


def forget_expired_tokens(*, at: datetime) -> int:
    """Delete what the OAuth2 provider keeps of tokens that have expired, and return how many."""
    count: int = AccessToken.objects.filter(expires__lt=at).delete()[0]
    return count
