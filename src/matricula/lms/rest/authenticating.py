"""Who calls the LMS: by a token in the header, by the two token cookies, or by a session."""

from datetime import UTC, datetime

from rest_framework.exceptions import AuthenticationFailed

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import BadToken, Caller, recognize_caller
from matricula.service.authenticating import (
    BrowserSessionAuthentication,
    ByToken,
    CookieTokenAuthentication,
    HeaderTokenAuthentication,
    require_csrf,
)

__all__ = ["BrowserSessionAuthentication", "require_csrf"]

Authenticated = tuple[Account, Caller]
"""What becomes of ``request.user`` and ``request.auth``."""


class _OurToken(ByToken):
    def recognize(self, token: str) -> Authenticated:
        try:
            caller = recognize_caller(token=token, at=datetime.now(UTC))
        except BadToken as refusal:
            raise AuthenticationFailed(str(refusal)) from None
        return caller.account, caller


class TokenAuthentication(_OurToken, HeaderTokenAuthentication):
    """``Authorization: JWT <token>``."""


class BearerAuthentication(TokenAuthentication):
    """``Authorization: Bearer <token>``; a client's token speaks for the client's account."""

    scheme = "Bearer"


class TokenCookiesAuthentication(_OurToken, CookieTokenAuthentication):
    """The token of the two cookies; then a write must prove that our pages sent it."""
