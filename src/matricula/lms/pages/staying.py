"""Staying signed in: where somebody is, and signing out from there."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.lms.clients.api import (
    BrowserSession,
    UnknownSession,
    end_browser_session,
    end_other_browser_sessions,
    list_browser_sessions,
)
from matricula.lms.pages.acting import account_of, act_as

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What a browser says of itself, and its name; the first that fits, for most say several."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class _Shown:
    session: BrowserSession
    title: str


@login_required
def show_sessions(request: HttpRequest) -> HttpResponse:
    """Show them; a button of each ends it, and one ends all others."""
    if request.method == "POST":
        return _end(request)
    found = list_browser_sessions(
        account=account_of(request),
        by=act_as(request),
        at=datetime.now(UTC),
        current=request.session.session_key,
    )
    shown = [_Shown(each, name_browser(each.user_agent)) for each in found]
    others = sum(not each.is_current for each in found)
    return render(request, "pages/sessions.html", {"sessions": shown, "others": others})


def name_browser(user_agent: str) -> str:
    """Return what a browser is called, and on what it runs, as far as it says so."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser that does not say which")


def _end(request: HttpRequest) -> HttpResponse:
    account, by = account_of(request), act_as(request)
    here = request.session.session_key
    if "others" in request.POST:
        count = end_other_browser_sessions(account_id=account.pk, current=here, by=by)
        said = ngettext(
            "You are signed out in %(count)d other place.",
            "You are signed out in %(count)d other places.",
            count,
        )
        messages.success(request, said % {"count": count})
        return redirect("sessions")
    try:
        asked = int(request.POST.get("session", "0")[:18])
        ended = end_browser_session(session_id=asked, account_id=account.pk, by=by)
    except (ValueError, UnknownSession):
        return redirect("sessions")  # a second click: it is as wanted
    if ended == here:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("You are signed out there."))
    return redirect("sessions")
