"""Who acts through a page."""

from django.http import HttpRequest

from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.service.tracing import request_id_of


def act_as(request: HttpRequest) -> Actor:
    """Return the account that is signed in, as operations are told of it."""
    account = account_of(request)
    return Actor(
        kind=ActorKind.ACCOUNT,
        key=str(account.pk),
        channel="pages",
        account_id=account.pk,
        request_id=request_id_of(request),
    )


def account_of(request: HttpRequest) -> Account:
    """Return the account that is signed in, of a page that is for those alone."""
    account = request.user
    assert isinstance(account, Account)  # noqa: S101  there is no other way to such a page
    return account
