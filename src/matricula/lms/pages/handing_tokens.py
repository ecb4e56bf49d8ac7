"""Handing tokens to browsers: the two cookies come with a session and go with it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allauth.account.signals import email_changed, email_confirmed, password_changed
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from matricula.lms.accounts.api import Account
from matricula.lms.addresses.api import holds_own_address
from matricula.lms.clients.api import remove_token_cookies, set_token_cookies, sign_token

Answerer = Callable[[HttpRequest], HttpResponse]

_SIGNED = "matricula.signed"
_IN, _OUT = "in", "out"


def hand_out_tokens(answer: Answerer) -> Answerer:
    """Give whoever has just signed in their token, however they did, and take it at the end.

    A token says an address, and whether it is verified: when that changes there is a new one.
    """

    def hand_out(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        _say_for_the_log(request)
        signed = request.META.get(_SIGNED)
        if signed == _IN and isinstance(request.user, Account):
            request.user.refresh_from_db()  # others may have written its address
            give_token(response, account=request.user)
        elif signed == _OUT:
            remove_token_cookies(response)
        return response

    return hand_out


def give_token(response: HttpResponse, *, account: Account) -> None:
    """Set the two cookies to a token of this moment."""
    token = sign_token(
        account=account,
        at=datetime.now(UTC),
        email_verified=holds_own_address(account=account),
    )
    set_token_cookies(response, token.text, lifetime_seconds=token.lifetime_seconds)


def _say_for_the_log(request: HttpRequest) -> None:
    """Name the account of a session that was asked for; nothing is asked for this alone."""
    if request.session.accessed and (account_id := request.session.get(SESSION_KEY)):
        request.META.setdefault("matricula.account_id", int(account_id))


@receiver([user_logged_in, email_changed, email_confirmed, password_changed])
def _note_in(request: HttpRequest | None = None, **more: Any) -> None:  # noqa: ANN401  Django sends more than is asked for
    del more
    if request is not None:
        request.META[_SIGNED] = _IN


@receiver(user_logged_out)
def _note_out(request: HttpRequest | None = None, **more: Any) -> None:  # noqa: ANN401  as above
    del more
    if request is not None:
        request.META[_SIGNED] = _OUT
