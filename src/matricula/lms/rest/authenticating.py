"""Who calls: by a token in the header, by the two token cookies, or by a session."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from matricula.lms.accounts.api import Account, find_account
from matricula.lms.clients.api import BadToken, Client, read_token

Caller = tuple[Account, Any]

REALM = "api"
NO_ACCOUNT = "The account of this token cannot be used."


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

    def authenticate(self, request: Request) -> Caller | None:
        """Return the account of the header's token; None without one."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "jwt":
            return None
        return _account_of(text.strip()), None

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme for whoever is refused."""
        del request
        return f'JWT realm="{REALM}"'


class TokenCookiesAuthentication(TokenAuthentication):
    """The token of the two cookies; then a write must prove that our pages sent it."""

    def authenticate(self, request: Request) -> Caller | None:
        """Return the account of the cookies' token.

        One that is no good counts only if the caller says ``USE-JWT-COOKIE``: a browser keeps
        sending old cookies beside a good session.
        """
        text = request.META.get("matricula.token_of_cookies")
        if text is None or "HTTP_AUTHORIZATION" in request.META:
            return None
        try:
            account = _account_of(text)
        except AuthenticationFailed:
            if "HTTP_USE_JWT_COOKIE" in request.META:
                raise
            return None
        require_csrf(request)
        return account, None


class BearerAuthentication(OAuth2Authentication):  # type: ignore[misc]  # the library has no types
    """``Authorization: Bearer <token>``; a client's token speaks for the client's account."""

    def authenticate(self, request: Request) -> Caller | None:
        """Return the account of the header's token; None without one."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if text.count(".") == 2:  # noqa: PLR2004  a JWT has three parts
            return _account_of(text.strip()), None
        found = super().authenticate(request)
        if found is None:
            raise AuthenticationFailed("The token is expired or unknown.")
        account, token = found
        account = account or token.application.user
        if account is None or not account.is_active:
            raise AuthenticationFailed(NO_ACCOUNT)
        return account, token


class BrowserSessionAuthentication(SessionAuthentication):
    """A session; a write must prove that our pages sent it."""

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme for whoever is refused."""
        del request
        return f'Session realm="{REALM}"'

    def enforce_csrf(self, request: Request) -> None:
        """Answer with silence or refuse."""
        require_csrf(request)


def is_trusted(account: Account) -> bool:
    """Tell whether a client of the platform itself acts as the account."""
    return bool(Client.objects.filter(user=account, is_trusted=True).exists())


def _account_of(token: str) -> Account:
    try:
        uuid = read_token(token)
    except BadToken as refusal:
        raise AuthenticationFailed(str(refusal)) from None
    account = find_account(uuid=uuid)
    if account is None or not account.is_active:
        raise AuthenticationFailed(NO_ACCOUNT)
    return account
