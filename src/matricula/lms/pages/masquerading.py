"""Looking as a learner: staff see the pages that somebody else sees, and can change nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.accounts.api import Account, UnknownAccount, get_account
from matricula.lms.kernel.api import Refusal
from matricula.lms.pages.acting import act_as
from matricula.lms.people.api import begin_masquerade, end_masquerade, find_masquerade

Answerer = Callable[[HttpRequest], HttpResponse]

SAFE = {"GET", "HEAD", "OPTIONS"}
SESSION_KEY = "masquerade"
"""In the session of whoever looks as somebody; only then is it asked whether they still may."""


def look_as_learner(answer: Answerer) -> Answerer:
    """Show pages as the learner sees them, and refuse whatever would change anything.

    Only pages: tokens and APIs stay the staff's own, who cannot write with this session meanwhile.
    """

    def look(request: HttpRequest) -> HttpResponse:
        if _is_call(request) or SESSION_KEY not in request.session:
            return answer(request)
        if not isinstance(request.user, Account):
            return answer(request)
        found = find_masquerade(staff_id=request.user.pk, at=datetime.now(UTC))
        if found is None:
            del request.session[SESSION_KEY]
            return answer(request)
        request.masquerade = found  # type: ignore[attr-defined]  # for templates
        is_write = request.method not in SAFE and request.path not in _ways_out()
        if is_write or request.path in _hidden():
            return render(request, "pages/only_looking.html", status=403)
        if _is_shown(request.path):
            request.user = get_account(username=found.learner)
        return answer(request)

    return look


@login_required
def begin_looking(request: HttpRequest) -> HttpResponse:
    """Ask as whom, and why; begin. Who may not is not told who has an account."""
    if not has_permission(act_as(request), Permission.ACCOUNTS_MASQUERADE):
        raise PermissionDenied
    if request.method != "POST":
        asked = {"username": request.GET.get("username", "")}
        return render(request, "pages/begin_looking.html", asked)
    said = {name: request.POST.get(name, "").strip() for name in ("username", "reason")}
    try:
        begin_masquerade(
            learner=get_account(username=said["username"]),
            by=act_as(request),
            at=datetime.now(UTC),
            reason=said["reason"],
        )
    except UnknownAccount:
        return _ask_again(request, said, _("There is no such account."))
    except Refusal as refusal:
        return _ask_again(request, said, str(refusal))
    request.session[SESSION_KEY] = True
    return redirect("dashboard")


@login_required
def stop_looking(request: HttpRequest) -> HttpResponse:
    """Be oneself again; whoever has had to sign in meanwhile is so already."""
    if request.method == "POST":
        end_masquerade(by=act_as(request), at=datetime.now(UTC))
        request.session.pop(SESSION_KEY, None)
    return redirect("begin_looking")


@receiver(user_logged_out)
def _stop_at_sign_out(request: HttpRequest | None = None, **more: Any) -> None:  # noqa: ANN401  Django sends more than is asked for
    """Let the record say when it was over."""
    del more
    if request is not None and SESSION_KEY in request.session:
        end_masquerade(by=act_as(request), at=datetime.now(UTC))


def _ask_again(request: HttpRequest, said: dict[str, str], fault: str) -> HttpResponse:
    shown = {**said, "fault": fault}
    return render(request, "pages/begin_looking.html", shown, status=422)


def _is_call(request: HttpRequest) -> bool:
    """Tell whether a program asks for what is its own: no session need be read for that."""
    return request.method in SAFE and request.path.startswith("/api/")


def _ways_out() -> set[str]:
    """Name what may be sent all the same: to stop, to sign out, to renew one's own token."""
    return {reverse("stop_looking"), "/logout", "/logout/", "/login_refresh", "/login_refresh/"}


def _hidden() -> set[str]:
    """Name what is nobody's but the person's own, and would be mistaken for the learner's."""
    return {reverse(name) for name in ("sessions", "own_data", "download_data", "close_account")}


def _is_shown(path: str) -> bool:
    account = {reverse(name) for name in ("account_email", "socialaccount_connections")}
    return path in {"/dashboard", reverse("home"), *account} or path.startswith("/dashboard/")
