"""Joining and leaving schools: those one signs in with, and those one may sign in with as well."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from matricula.lms.pages.acting import account_of, act_as
from matricula.lms.sign_on.api import (
    LastWayIn,
    NotJoined,
    leave_provider,
    list_doors,
    list_joined,
    require_recent_proof,
)

LEFT = _(
    "Nobody can sign in to this account by that school any more. What it has brought is yours."
)


@login_required
def show_schools(request: HttpRequest) -> HttpResponse:
    """Show both; to join one, one signs in there. To leave one, its button is pressed."""
    if request.method == "POST":
        return _leave(request, request.POST.get("slug", ""))
    joined = list_joined(account_id=account_of(request).pk, by=act_as(request))
    slugs = {each.slug for each in joined}
    others = [door for door in list_doors() if door.slug not in slugs]
    return render(request, "pages/schools.html", {"joined": joined, "others": others})


def _leave(request: HttpRequest, slug: str) -> HttpResponse:
    require_recent_proof(request)
    account = account_of(request)
    try:
        leave_provider(slug=slug, account_id=account.pk, by=act_as(request))
    except LastWayIn as refusal:
        messages.error(request, str(refusal))
    except NotJoined:
        pass  # a second click: it is as wanted
    else:
        messages.success(request, LEFT)
        adapter = get_adapter(request)
        adapter.send_notification_mail("socialaccount/email/account_disconnected", account)
    return redirect("socialaccount_connections")
