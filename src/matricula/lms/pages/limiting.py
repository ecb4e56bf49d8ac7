"""Limiting how often a form may be sent, whatever it says: by address, by account, by mailbox."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256

from allauth.account.utils import filter_users_by_email
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from matricula.lms.accounts.api import Account, map_account_ids
from matricula.lms.kernel.api import UNSTORABLE, fold
from matricula.service.rate_limits.api import count_request, locate_caller

PASSWORDS_PER_MINUTE = 10
"""Passwords that may be tried for one account, from wherever."""
MAILS_PER_HOUR = 6
"""Mails that may be asked for to one address, by whomever."""
AN_HOUR = 60

View = Callable[..., HttpResponseBase]
Limit = tuple[str, int, int]
"""Whom to count, how often they may, and in how many minutes."""


def limited(
    what: str, *, tries: str = "", mails: str = "", buttons: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """Count each time a form is sent, and refuse when it is too often.

    ``tries`` is the field that names whose password is tried (``me``: the account that is signed
    in), ``mails`` the field with the address that is written to, by these buttons if not by all.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def count(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method == "POST":
                is_mailed = not buttons or any(each in request.POST for each in buttons)
                seconds = _count(request, what, tries, mails if is_mailed else "")
                if seconds is not None:
                    return _refuse(request, seconds)
            return view(request, *args, **kwargs)

        return count

    return decorate


def _count(request: HttpRequest, what: str, tries: str, mails: str) -> int | None:
    """Count for everybody concerned; return the seconds to wait, if any."""
    where = locate_caller(
        remote=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.PROXIES,
    )
    limits: list[Limit] = [(f"{what}:address:{where}", settings.TRIES_PER_MINUTE, 1)]
    if tries:
        tried = _list_tried(request, tries)
        limits += [(f"password:{each}", PASSWORDS_PER_MINUTE, 1) for each in tried]
    if mails and (recipient := request.POST.get(mails, "")):
        limits.append((f"mail:{_veil(recipient)}", MAILS_PER_HOUR, AN_HOUR))
    at = datetime.now(UTC)
    waits = [
        count_request(caller=caller, limit=limit, at=at, minutes=minutes)
        for caller, limit, minutes in limits
    ]
    return max((seconds for seconds in waits if seconds is not None), default=None)


def _list_tried(request: HttpRequest, field: str) -> list[str]:
    """Name whose password is tried; a name that nobody has is counted in just the same way."""
    if isinstance(request.user, Account):
        return [f"account:{request.user.pk}"]
    said = request.POST.get(field, "").strip()
    ids: set[int] = set()
    if not UNSTORABLE.search(said):
        ids.update(map_account_ids(usernames=[said]).values())
        ids.update(account.pk for account in filter_users_by_email(fold(said)))
    return [f"account:{account_id}" for account_id in sorted(ids)] or [f"name:{_veil(said)}"]


def _veil(text: str) -> str:
    """Return what tells names apart without saying them."""
    return sha256(fold(text).encode(errors="replace")).hexdigest()


def _refuse(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = math.ceil(seconds / 60)
    said = {"seconds": seconds, "minutes": minutes if minutes > 1 else 0}
    response = render(request, "pages/too_often.html", said, status=429)
    response["Retry-After"] = str(seconds)
    return response
