"""What the views of the Registrar have in common: who calls, what about, and how it is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.http import Http404
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from matricula.registrar.accounts.api import Account, Caller, actor_of
from matricula.registrar.catalog.api import recall_program
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, PermittedProgram, permit_program
from matricula.registrar.rest import problems
from matricula.registrar.rest.authenticating import (
    BrowserSessionAuthentication,
    TokenAuthentication,
    TokenCookiesAuthentication,
)
from matricula.registrar.rest.limiting import CallerLimit
from matricula.service.tracing import request_id_of
from matricula.service.viewing import ServiceView


class ApiView(ServiceView):
    """A view that only somebody with an account may call, unless ``is_public``.

    ``by`` and ``at`` are what operations are given.
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = (
        TokenAuthentication,
        TokenCookiesAuthentication,
        BrowserSessionAuthentication,
    )
    throttle_classes: Sequence[type[BaseThrottle]] = (CallerLimit,)
    answer_error: ClassVar[problems.Handler] = problems.answer_detail

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Find out who calls; no name of ours has a null character."""
        super().initial(request, *args, **kwargs)
        given = [*kwargs.values(), *request.query_params.values()]
        if any("\x00" in value for value in given if isinstance(value, str)):
            raise Http404

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
        """Who acts."""
        return actor_of(self.account, channel="rest", request_id=request_id_of(self.request))

    @property
    def at(self) -> datetime:
        """When."""
        return datetime.now(UTC)


class ProgramView(ApiView):
    """A view about one program, whose key is in its address."""

    def permit(self, key: str, permission: Permission) -> PermittedProgram:
        """Return the program: unknown to all is 404, without the permission in it is 403."""
        program = recall_program(key=key, at=self.at)
        return permit_program(program, permission=permission, by=self.by)
