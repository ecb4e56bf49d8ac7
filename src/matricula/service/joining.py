"""Joining the two token cookies that edX's front ends use: one for scripts to read, one not."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answerer = Callable[[HttpRequest], HttpResponse]


def join_token_cookies(answer: Answerer) -> Answerer:
    """Put the token of the cookies together, for ``authenticating`` to find."""

    def join(request: HttpRequest) -> HttpResponse:
        payload, signature = (
            request.COOKIES.get(name, "") for name in settings.TOKEN_COOKIE_NAMES
        )
        if payload and signature:
            request.META["matricula.token_of_cookies"] = f"{payload}.{signature}"
        return answer(request)

    return join
