"""Who calls the Registrar: by a token of the LMS, in the header or in cookies, or by a session."""

from datetime import UTC, datetime

from rest_framework.exceptions import AuthenticationFailed

from matricula.registrar.accounts.api import Account, BadToken, Caller, recognize_caller
from matricula.service.authenticating import (
    BrowserSessionAuthentication,
    ByToken,
    CookieTokenAuthentication,
    HeaderTokenAuthentication,
)

__all__ = ["BrowserSessionAuthentication"]


class _TokenOfTheLms(ByToken):
    def recognize(self, token: str) -> tuple[Account, Caller]:
        try:
            caller = recognize_caller(token=token, at=datetime.now(UTC))
        except BadToken as refusal:
            raise AuthenticationFailed(str(refusal)) from None
        return caller.account, caller


class TokenAuthentication(_TokenOfTheLms, HeaderTokenAuthentication):
    """``Authorization: JWT <token>``; no other scheme."""


class TokenCookiesAuthentication(_TokenOfTheLms, CookieTokenAuthentication):
    """The token of the two cookies; then a write must prove that our pages sent it."""
