"""Who calls: by a token in the header, by the two token cookies, or by a session.

Whose token it is, each service finds out in its own way: its classes say ``recognize``.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

REALM = "api"

Recognized = tuple[Any, Any]
"""What becomes of ``request.user`` and ``request.auth``."""


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


class ByToken(BaseAuthentication):
    """Recognizes somebody by a token."""

    def recognize(self, token: str) -> Recognized:
        """Return whose token it is.

        Raises:
            AuthenticationFailed: nobody's.
        """
        raise NotImplementedError


class HeaderTokenAuthentication(ByToken):
    """``Authorization: JWT <token>``, or another scheme."""

    scheme = "JWT"

    def authenticate(self, request: Request) -> Recognized | None:
        """Return the account of the header's token; None without one."""
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.recognize(token.strip()) if scheme.lower() == self.scheme.lower() else None

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme for whoever is refused."""
        del request
        return f'{self.scheme} realm="{REALM}"'


class CookieTokenAuthentication(ByToken):
    """The token of the two cookies; then a write must prove that our pages sent it."""

    def authenticate(self, request: Request) -> Recognized | None:
        """Return the account of the cookies' token; whatever is in the header goes before it.

        One that is no good counts only if the caller says ``USE-JWT-COOKIE``: a browser keeps
        sending old cookies beside a good session.
        """
        token = request.META.get("matricula.token_of_cookies")
        if token is None or "HTTP_AUTHORIZATION" in request.META:
            return None
        try:
            recognized = self.recognize(token)
        except AuthenticationFailed:
            if "HTTP_USE_JWT_COOKIE" in request.META:
                raise
            return None
        require_csrf(request)
        return recognized


class BrowserSessionAuthentication(SessionAuthentication):
    """A session; a write must prove that our pages sent it."""

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme for whoever is refused."""
        del request
        return f'Session realm="{REALM}"'

    def enforce_csrf(self, request: Request) -> None:
        """Answer with silence or refuse."""
        require_csrf(request)
