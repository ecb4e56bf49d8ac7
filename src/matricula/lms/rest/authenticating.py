"""Who calls: by a token in the header, by the two token cookies, or by a session."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import BadToken, Caller, recognize_caller

Authenticated = tuple[Account, Caller]
"""What becomes of ``request.user`` and ``request.auth``."""

REALM = "api"


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:  # noqa: ANN401  Django calls it
        del request
        return reason


def require_csrf(request: Request) -> None:
    """Answer with silence if the request proves to come from one of our own pages.

    Raises:
        PermissionDenied: it does not.
    """
    check = _CsrfCheck(lambda _: None)  # type: ignore[arg-type]  # asked, not answered
    check.process_request(request._request)  # noqa: SLF001  as REST framework's own check does
    reason = check.process_view(request._request, lambda _: HttpResponse(), (), {})  # noqa: SLF001  as above
    if reason:
        raise PermissionDenied(f"CSRF Failed: {reason}")


class TokenAuthentication(BaseAuthentication):
    """``Authorization: JWT <token>``."""

    scheme = "JWT"

    def authenticate(self, request: Request) -> Authenticated | None:
        """Return the account of the header's token; None without one."""
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return _recognize(token.strip()) if scheme.lower() == self.scheme.lower() else None

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme for whoever is refused."""
        del request
        return f'{self.scheme} realm="{REALM}"'


class BearerAuthentication(TokenAuthentication):
    """``Authorization: Bearer <token>``; a client's token speaks for the client's account."""

    scheme = "Bearer"


class TokenCookiesAuthentication(BaseAuthentication):
    """The token of the two cookies; then a write must prove that our pages sent it."""

    def authenticate(self, request: Request) -> Authenticated | None:
        """Return the account of the cookies' token; whatever is in the header goes before it.

        One that is no good counts only if the caller says ``USE-JWT-COOKIE``: a browser keeps
        sending old cookies beside a good session.
        """
        token = request.META.get("matricula.token_of_cookies")
        if token is None or "HTTP_AUTHORIZATION" in request.META:
            return None
        try:
            authenticated = _recognize(token)
        except AuthenticationFailed:
            if "HTTP_USE_JWT_COOKIE" in request.META:
                raise
            return None
        require_csrf(request)
        return authenticated


class BrowserSessionAuthentication(SessionAuthentication):
    """A session; a write must prove that our pages sent it."""

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme for whoever is refused."""
        del request
        return f'Session realm="{REALM}"'

    def enforce_csrf(self, request: Request) -> None:
        """Answer with silence or refuse."""
        require_csrf(request)


def _recognize(token: str) -> Authenticated:
    try:
        caller = recognize_caller(token=token, at=datetime.now(UTC))
    except BadToken as refusal:
        raise AuthenticationFailed(str(refusal)) from None
    return caller.account, caller
