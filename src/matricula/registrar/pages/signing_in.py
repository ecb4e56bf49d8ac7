"""Signing in at the LMS, and out: the session here is one's own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import msgspec
import structlog
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from matricula.registrar.accounts.api import (
    NotPassed,
    Passage,
    address_of_passage,
    begin_passage,
    complete_passage,
)
from matricula.registrar.pages.apologizing import find_form
from matricula.service.refusals import Refusal, Unavailable

PASSAGES = "passages"
"""In a session: who is on the way to the LMS, in each of the browser's windows."""
MOST_PASSAGES = 5
HOME = "/"
READING = ("GET", "HEAD")
RELOAD = "HX-Refresh"

log = structlog.get_logger("matricula.sign_in")


@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the LMS; whoever is signed in already goes where they wanted."""
    destination = _find_destination(request)
    if request.user.is_authenticated:
        return redirect(destination)
    passage = begin_passage(destination=destination, at=datetime.now(UTC))
    try:
        address = address_of_passage(passage)
    except Refusal as refusal:
        return _apologize(request, refusal, destination)
    kept = [*request.session.get(PASSAGES, []), msgspec.to_builtins(passage)]
    request.session[PASSAGES] = kept[-MOST_PASSAGES:]
    return HttpResponseRedirect(address)


@never_cache
@require_GET
def complete_sign_in(request: HttpRequest) -> HttpResponse:
    """Begin the session of whoever comes back from the LMS as they went."""
    passage = _take_passage(request)
    destination = HOME if passage is None else passage.destination
    try:
        if passage is None:
            raise NotPassed(_("This sign-in was not begun in this browser, or has been used."))
        caller = complete_passage(
            passage,
            code=_require_code(request.GET),
            issuer=request.GET.get("iss"),
            at=datetime.now(UTC),
        )
    except Refusal as refusal:
        return _apologize(request, refusal, destination)
    login(request, caller.account)
    return redirect(destination)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here, and say where the one at the LMS is ended."""
    logout(request)
    return render(
        request, "registrar/signed_out.html", {"lms": f"{settings.LMS_PUBLIC_URL}/logout"}
    )


def require_sign_in(request: HttpRequest) -> HttpResponse:
    """Send whoever is not signed in to sign in; to others, say that they may not see this."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    return render(request, "registrar/not_allowed.html", status=403)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the reader of a page to sign in and back; say to others that nothing was done.

    No form may lead to the LMS: browsers that hold to our policy would do nothing at all. A part
    of a page that renews itself cannot go there either: the whole page is loaded again.
    """
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={RELOAD: "true"})
    if request.method in READING:
        return redirect_to_login(request.get_full_path())
    form = urlsplit(find_form(request))
    page = form._replace(scheme="", netloc="").geturl() or HOME
    again = f"{settings.LOGIN_URL}?{urlencode({'next': page})}"
    return render(request, "registrar/session_over.html", {"again": again}, status=403)


def answer_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that cannot prove to be one of our own."""
    del reason
    if not request.user.is_authenticated:  # with their session, they have lost what proves it
        return ask_to_sign_in(request)
    return render(request, "registrar/forgery.html", status=403)


def _take_passage(request: HttpRequest) -> Passage | None:
    """Return the passage that the browser comes back from, which is good once."""
    state = request.GET.get("state", "")
    kept = msgspec.convert(request.session.get(PASSAGES, []), list[Passage])
    found = [each for each in kept if each.state == state]
    if found:
        left = [msgspec.to_builtins(each) for each in kept if each.state != state]
        request.session[PASSAGES] = left
    return found[0] if found else None


def _require_code(said: Mapping[str, str]) -> str:
    if said.get("error"):
        raise NotPassed(_("The LMS has not signed you in."))
    code = said.get("code", "")
    if not code:
        raise NotPassed(_("The LMS has said nothing of you."))
    return code


def _find_destination(request: HttpRequest) -> str:
    """Return where one wants to go: a page of ours or of a front end, never elsewhere."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    parts = urlsplit(wanted)
    origin = f"{parts.scheme}://{parts.netloc}"
    is_ours = origin in {*settings.FRONT_END_ORIGINS, settings.REGISTRAR_URL}
    is_sound = url_has_allowed_host_and_scheme(wanted, allowed_hosts={parts.netloc})
    return wanted if is_ours and is_sound else HOME


def _apologize(request: HttpRequest, refusal: Refusal, destination: str) -> HttpResponse:
    """Say in words why nobody is signed in: that the LMS is away is no fault of theirs."""
    is_away = isinstance(refusal, Unavailable)
    log.warning("not signed in", reason=refusal.code)
    said = {
        "is_away": is_away,
        "why": str(refusal),
        "again": f"{settings.LOGIN_URL}?{urlencode({'next': destination})}",
    }
    return render(request, "registrar/not_signed_in.html", said, status=503 if is_away else 403)
