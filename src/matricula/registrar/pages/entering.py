"""Entering the console: somebody who is signed in, who they act as, and when they came.

What is refused on a page becomes a page with words of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from matricula.registrar.accounts.api import Account, actor_of
from matricula.registrar.catalog.api import recall_program
from matricula.registrar.kernel.api import Actor
from matricula.registrar.pages.apologizing import apologize
from matricula.registrar.pages.reading import NULL
from matricula.registrar.pages.signing_in import READING, ask_to_sign_in
from matricula.registrar.partners.api import (
    Permission,
    PermissionMissing,
    PermittedProgram,
    UnknownProgram,
    asking_once,
    permit_program,
    tell_missing,
)
from matricula.service.quoting import quote
from matricula.service.refusals import Refusal
from matricula.service.tracing import request_id_of

CHANNEL = "pages"

Asked = ParamSpec("Asked")
Answer = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at a page of the console, and when."""

    request: HttpRequest
    account: Account
    at: datetime

    @property
    def by(self) -> Actor:
        """Who acts."""
        return actor_of(self.account, channel=CHANNEL, request_id=request_id_of(self.request))

    @property
    def is_live(self) -> bool:
        """Whether a part of a page asks to be written again, and not a reader for the page."""
        return self.request.headers.get("HX-Request") == "true"

    def show(self, template: str, said: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Write a page."""
        return render(self.request, template, said, status=status)

    def permit(
        self, key: str, permission: Permission = Permission.READ_METADATA
    ) -> PermittedProgram:
        """Return the program of a page's address.

        Raises:
            PermissionMissing: the visitor may see the program, and not do this in it.
            UnknownProgram: there is none, or none that they may know of.
            Unavailable: it is not known here, and the LMS cannot be asked.
        """
        if NULL in key:
            raise UnknownProgram(_("There is no program %(key)s.") % {"key": quote(key)})
        program = recall_program(key=key, at=self.at)
        try:
            permitted = permit_program(program, permission=Permission.READ_METADATA, by=self.by)
        except PermissionMissing:
            raise UnknownProgram(_("There is no program %(key)s.") % {"key": quote(key)}) from None
        if permission not in permitted.permissions:
            raise tell_missing(permission, program=program)
        return permitted


def console_page(
    answer: Callable[Concatenate[Visit, Asked], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a page a visit; whoever is not signed in goes to sign in, and comes back."""

    @never_cache
    @wraps(answer)
    def enter(request: HttpRequest, *args: Asked.args, **kwargs: Asked.kwargs) -> HttpResponseBase:
        account = request.user
        if not isinstance(account, Account):
            return ask_to_sign_in(request)
        visit = Visit(request, account, datetime.now(UTC))
        try:
            if request.method in READING:
                with asking_once():
                    return answer(visit, *args, **kwargs)
            return answer(visit, *args, **kwargs)
        except Refusal as refusal:
            return apologize(request, refusal)

    return enter


def form_target(page: str) -> Callable[[Answer], Answer]:
    """Make an address take what a form sends; whoever reads it comes to the form's own page.

    Browsers read it: when somebody had to sign in meanwhile, or from what they remember.
    """

    def take(answer: Answer) -> Answer:
        accept = require_POST(answer)

        @wraps(answer)
        def enter(request: HttpRequest, **asked: object) -> HttpResponseBase:
            if request.method in READING:
                return redirect(reverse(page, kwargs=asked))
            return accept(request, **asked)

        return enter

    return take
