"""What the views of all surfaces have in common: who calls, and how refusals are told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import Caller
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.rest import problems
from matricula.lms.rest.authenticating import (
    BearerAuthentication,
    BrowserSessionAuthentication,
    TokenAuthentication,
    TokenCookiesAuthentication,
)
from matricula.lms.rest.limiting import CallerLimit
from matricula.service.parsing import require_length
from matricula.service.tracing import request_id_of


class ApiView(APIView):
    """A view that only somebody with an account may call, unless ``is_public``.

    ``by`` and ``at`` are what operations are given. ``answer_error`` is the surface's envelope.
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = (
        TokenAuthentication,
        BearerAuthentication,
        TokenCookiesAuthentication,
        BrowserSessionAuthentication,
    )
    throttle_classes: Sequence[type[BaseThrottle]] = (CallerLimit,)
    is_public = False
    answer_error: ClassVar[problems.Handler] = problems.answer_detail

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Find out who calls, before anything is looked at."""
        if isinstance(request.user, Account):
            request.META["matricula.account_id"] = request.user.pk
        elif not self.is_public:
            raise NotAuthenticated
        _require_scope(request)
        require_length(request)
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> problems.Handler:
        """Return the surface's way to tell what went wrong."""
        return type(self).answer_error

    @property
    def account(self) -> Account:
        """The account that calls."""
        account = self.request.user
        assert isinstance(account, Account)  # noqa: S101  initial has seen to it
        return account

    @property
    def by(self) -> Actor:
        """Who acts, with the roles that were read with who they are."""
        caller = self.request.auth
        return Actor(
            kind=ActorKind.ACCOUNT,
            key=str(self.account.pk),
            channel="rest",
            account_id=self.account.pk,
            request_id=request_id_of(self.request),
            roles=caller.roles if isinstance(caller, Caller) else None,
        )

    @property
    def at(self) -> datetime:
        """When."""
        return datetime.now(UTC)


def _require_scope(request: Request) -> None:
    is_limited = isinstance(request.auth, Caller) and not request.auth.may_write
    if is_limited and request.method not in SAFE_METHODS:
        raise PermissionDenied("This token is for reading alone.")
