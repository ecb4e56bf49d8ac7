"""Leaving a school's sign-on: whoever signs in there has no way into the account any more."""

import structlog
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext as _

from matricula.lms.accounts.api import lock_account
from matricula.lms.kernel.api import Actor, Conflict, NotAllowed, NotFound, quote
from matricula.lms.sign_on.erasing import hold_assertions
from matricula.lms.sign_on.models import Provider

log = structlog.get_logger("matricula.sign_on")


class NotJoined(NotFound):
    """Nobody of that provider signs in to the account."""

    code = "not-joined"


class LastWayIn(Conflict):
    """Without it nobody could sign in to the account any more."""

    code = "last-way-in"


class OnlyOwnWays(NotAllowed):
    """The ways into an account are for the account itself."""

    code = "only-own"


def leave_provider(*, slug: str, account_id: int, by: Actor) -> None:
    """Let nobody into the actor's own account by that provider; what it has bound stays bound.

    Raises:
        LastWayIn: there is neither a password nor another school that is open.
        NotJoined: nobody of the provider signs in to the account.
        OnlyOwnWays: the account is not the actor's.
    """
    if by.account_id != account_id:
        raise OnlyOwnWays("The ways into an account are for the account itself.")
    with transaction.atomic():
        hold_assertions(account_ids=[account_id])  # before the account, as everybody does
        account = lock_account(account_id=account_id)
        ways = SocialAccount.objects.filter(user=account_id)
        left = ways.filter(provider=slug)
        if not left.exists():
            raise NotJoined(f"Nobody of {quote(slug)} signs in to the account.")
        others = ways.exclude(provider=slug).values("provider")
        open_ones = Provider.objects.filter(is_on=True, is_test=False, slug__in=others)
        if not account.has_usable_password() and not open_ones.exists():
            raise LastWayIn(_("Choose a password first: you could not sign in any more."))
        left.delete()
    log.info("provider left", provider=slug, account_id=account_id)
