"""Recounting: the ledger of one learner, page by page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from matricula.lms.changes.api import list_changes_of_learner
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import Learner, get_learner, get_named_learner
from matricula.lms.pages.support.admitting import for_support
from matricula.lms.pages.support.naming import (
    link_to_account,
    link_to_name,
    read_given,
    read_name,
)
from matricula.lms.pages.support.searching import read_number
from matricula.lms.pages.support.telling import tell_change
from matricula.lms.pages.support.wording import CHANNELS, name_actors

PAGE = 50


@for_support
def recount(request: HttpRequest, by: Actor) -> HttpResponse:
    """Show what was done to a learner's names and enrollments, the newest first."""
    before = read_number(request.GET.get("before", ""))
    learner, shown = _find(request, by=by)
    found = list_changes_of_learner(
        account_id=learner.account_id,
        identity_id=learner.identity_id,
        before=before,
        limit=PAGE,
        by=by,
    )
    shown |= {
        "told": [tell_change(each) for each in found.changes],
        "actors": name_actors(each.actor for each in found.changes),
        "channels": CHANNELS,
        "before": before,
    }
    query = request.GET.copy()
    query.pop("before", None)
    shown["first"] = f"{reverse('support_history')}?{query.urlencode()}"
    if found.last is not None:
        query["before"] = str(found.last)
        shown["next"] = f"{reverse('support_history')}?{query.urlencode()}"
    return render(request, "support/history.html", shown)


def _find(request: HttpRequest, *, by: Actor) -> tuple[Learner, dict[str, Any]]:
    username = request.GET.get("username", "")
    if username:
        learner = get_learner(username=username, by=by)
        name = learner.username or ""
        return learner, {"who": name, "back": link_to_account(name)}
    named = read_name(read_given(request))
    learner = get_named_learner(name=named, by=by)
    back = link_to_name(
        kind=named.kind, organization=request.GET.get("organization"), value=named.value
    )
    return learner, {"who": named.stored, "back": back}
