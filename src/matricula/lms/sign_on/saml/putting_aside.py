"""Putting a checked answer aside, for the next request of the same browser."""

from importlib import import_module
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from matricula.lms.sign_on.saml.answers import SchoolAnswer, UnaskedAnswer

COOKIE = "school-answer"
KEPT_SECONDS = 120
"""The browser comes at once, or not at all."""


def put_aside(response: HttpResponse, answer: SchoolAnswer, *, path: str) -> None:
    """Keep an answer, and give the browser what to fetch it with, at that address alone."""
    store = _open(None)
    store[COOKIE] = msgspec.to_builtins(answer)
    store.set_expiry(KEPT_SECONDS)
    store.create()
    response.set_cookie(
        COOKIE,
        store.session_key,
        max_age=KEPT_SECONDS,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def take_up(request: HttpRequest) -> SchoolAnswer:
    """Return the answer that was put aside for this browser, and forget it.

    Raises:
        UnaskedAnswer: there is none, or none any more.
    """
    store = _open(request.COOKIES.get(COOKIE))
    kept = store.get(COOKIE)
    if kept is None:
        raise UnaskedAnswer("nothing put aside")
    store.delete()
    return msgspec.convert(kept, SchoolAnswer)


def forget_untaken() -> None:
    """Delete what was put aside and never taken up, with all sessions that are over."""
    _store().clear_expired()


def _open(key: str | None) -> Any:  # noqa: ANN401  as below
    return _store()(key)


def _store() -> Any:  # noqa: ANN401  the store is chosen by a setting
    return import_module(settings.SESSION_ENGINE).SessionStore
