"""The two cookies in which a browser gets a token: one that its scripts may read, one that not."""

from django.conf import settings
from django.http import HttpResponse


def set_token_cookies(response: HttpResponse, token: str, *, lifetime_seconds: int) -> None:
    """Hand a token to a browser: scripts can read what it says, and cannot carry it away."""
    payload, _, signature = token.rpartition(".")
    parts = zip(settings.TOKEN_COOKIE_NAMES, (payload, signature), (False, True), strict=True)
    for name, value, is_hidden in parts:
        response.set_cookie(
            name,
            value,
            max_age=lifetime_seconds,
            domain=settings.COOKIE_DOMAIN,
            secure=settings.IS_SECURE,
            httponly=is_hidden,
            samesite="Lax",
        )


def remove_token_cookies(response: HttpResponse) -> None:
    """Take the token from the browser."""
    for name in settings.TOKEN_COOKIE_NAMES:
        response.delete_cookie(name, domain=settings.COOKIE_DOMAIN, samesite="Lax")
