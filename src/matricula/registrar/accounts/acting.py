"""Acting as an account: what operations are given of whoever calls."""

from matricula.registrar.accounts.models import Account
from matricula.registrar.kernel.api import Actor, ActorKind


def actor_of(account: Account, *, channel: str, request_id: str = "") -> Actor:
    """Return the account as one who acts; its address only if it is verified."""
    return Actor(
        kind=ActorKind.ACCOUNT,
        key=str(account.pk),
        channel=channel,
        account_id=account.pk,
        username=account.username,
        email=account.verified_email,
        is_staff=account.is_staff,
        request_id=request_id,
    )
