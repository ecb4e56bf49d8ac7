"""What the views of all surfaces have in common: who calls, and how refusals are told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.authentication import BaseAuthentication
from rest_framework.throttling import BaseThrottle

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
from matricula.service.tracing import request_id_of
from matricula.service.viewing import ServiceView


class ApiView(ServiceView):
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
    answer_error: ClassVar[problems.Handler] = problems.answer_detail

    def may_write(self, auth: Any) -> bool:  # noqa: ANN401  as the base has it
        """Tell whether the scopes of the caller's token let it write."""
        return not isinstance(auth, Caller) or auth.may_write

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
    def catalog_stamp(self) -> UUID | None:
        """The stamp of the catalog, if it was read with who calls."""
        caller = self.request.auth
        return caller.catalog_stamp if isinstance(caller, Caller) else None

    @property
    def at(self) -> datetime:
        """When."""
        return datetime.now(UTC)
