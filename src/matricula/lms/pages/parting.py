"""Parting: taking one's data away, and closing the account."""

from datetime import UTC, datetime

import msgspec
import structlog
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import fold
from matricula.lms.pages.acting import account_of, act_as
from matricula.lms.people.api import close_own_account, collect_own_data
from matricula.lms.sign_on.api import has_proven_recently, list_joined

log = structlog.get_logger("matricula.pages")


@login_required
def show_data(request: HttpRequest) -> HttpResponse:
    """Say what may be taken away, and how to close the account."""
    return render(request, "pages/data.html")


@login_required
@never_cache
def download_data(request: HttpRequest) -> HttpResponse:
    """Give them all that is kept of them as one file."""
    account = account_of(request)
    data = collect_own_data(account=account, by=act_as(request), at=datetime.now(UTC))
    log.info("own data downloaded", account_id=account.pk)
    text = msgspec.json.format(msgspec.json.encode(data), indent=2)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@login_required
@never_cache
def close_account(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays; ask for a proof and the username; close it for good."""
    account = account_of(request)
    faults = _list_faults(request, account) if request.method == "POST" else []
    if request.method != "POST" or faults:
        return _ask(request, account, faults)
    close_own_account(account=account, by=act_as(request), at=datetime.now(UTC))
    logout(request)
    return redirect("closed")


def say_goodbye(request: HttpRequest) -> HttpResponse:
    """Tell whoever has closed their account that it is done."""
    return render(request, "pages/closed.html")


def _ask(request: HttpRequest, account: Account, faults: list[tuple[str, str]]) -> HttpResponse:
    joined = list_joined(account_id=account.pk, by=act_as(request))
    shown = {
        "faults": faults,
        "wrong": dict(faults),
        "has_password": account.has_usable_password(),
        "is_proven": has_proven_recently(request),
        "schools": [each for each in joined if each.is_open],
        "username": request.POST.get("username", ""),
    }
    return render(request, "pages/close.html", shown, status=422 if faults else 200)


def _list_faults(request: HttpRequest, account: Account) -> list[tuple[str, str]]:
    """Return what stands against it: the field, and what to do."""
    faults = []
    if fold(request.POST.get("username", "")) != fold(account.username):
        faults.append(("username", _("That is not your username. Type it as the form says it.")))
    if account.has_usable_password():
        if not account.check_password(request.POST.get("password", "")):
            faults.append(("password", _("That is not your password.")))
    elif not has_proven_recently(request):
        faults.append(("school", _("Sign in with your school once more first.")))
    return faults
