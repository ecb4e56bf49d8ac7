"""What the views of this surface have in common: a shared key may call, and how it is told."""

from collections.abc import Sequence
from hmac import compare_digest
from typing import ClassVar

from django.conf import settings
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.accounts.api import Account, UnknownAccount, get_account
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.rest import problems
from matricula.lms.rest.limiting import TriesLimit
from matricula.lms.rest.viewing import ApiView
from matricula.service.tracing import request_id_of

KEY_HEADER = "X-Edx-Api-Key"
SERVER = "edx-api-key"
"""The name under which the ledger keeps what was done with the shared key."""
OUT_OF_SIGHT = "There is nobody of that name, or you may not ask about them."


class KeyTriesLimit(TriesLimit):
    """For an address that tries keys."""

    what = "edx-api-key"


class EnrollmentView(ApiView):
    """A view of this surface, which is described by edX and not by our OpenAPI document.

    ``is_server``: it is called with the key that servers of the platform share with us.
    """

    schema = None
    answer_error: ClassVar[problems.Handler] = problems.answer_message
    is_server = False

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Find out who calls; whoever tries keys may try few."""
        key = request.headers.get(KEY_HEADER, "")
        self.is_server = is_shared_key(key)
        self.is_public = self.is_public or self.is_server
        if key and not self.is_server and not isinstance(request.user, Account):
            limit = KeyTriesLimit()
            if not limit.allow_request(request, self):
                self.throttled(request, limit.wait() or 0)
        super().initial(request, *args, **kwargs)

    def get_throttles(self) -> Sequence[BaseThrottle]:  # type: ignore[override]  # any sequence will do
        """Limit everybody but servers of the platform."""
        return () if self.is_server else super().get_throttles()

    @property
    def by(self) -> Actor:
        """Who acts: a server by its key, else the account."""
        if not self.is_server:
            return super().by
        return Actor(
            kind=ActorKind.SERVER,
            key=SERVER,
            channel="rest",
            request_id=request_id_of(self.request),
        )

    @property
    def own_account(self) -> Account | None:
        """The account that calls; servers have none."""
        return None if self.is_server else self.account

    def find_person(self, username: str) -> Account | None:
        """Return the account of that username, or None for who may ask and finds none.

        Raises:
            NotFound: it is not the caller's own, and they may not ask about others.
        """
        found = find_by_username(username)
        own = self.own_account
        if found is not None and own is not None and found.pk == own.pk:
            return found
        if not has_permission(self.by, Permission.ENROLLMENTS_READ):
            raise NotFound(OUT_OF_SIGHT)
        return found


def is_shared_key(key: str) -> bool:
    """Tell whether that is the key, which must have been set."""
    expected = settings.EDX_API_KEY
    return bool(expected) and compare_digest(key.encode(), expected.encode())


def find_by_username(username: str) -> Account | None:
    """Return the account of that username, or None."""
    try:
        return get_account(username=username)
    except UnknownAccount:
        return None
