"""Remembering: what happened to somebody's enrollments, for themselves."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from matricula.lms.learners.api import get_learner, list_history
from matricula.lms.pages.acting import account_of, act_as

AT_ONCE = 50
DIGITS = 18
"""Of the largest id that there can be."""


@login_required
def show_history(request: HttpRequest) -> HttpResponse:
    """Show it, the last first, a page at a time."""
    by = act_as(request)
    learner = get_learner(username=account_of(request).username, by=by)
    before = _read_id(request.GET.get("before", ""))
    found = list_history(learner=learner, by=by, before=before, limit=AT_ONCE + 1)
    episodes = found[:AT_ONCE]
    shown = {
        "episodes": episodes,
        "before": before,
        "older": episodes[-1].id if len(found) > AT_ONCE else None,
    }
    return render(request, "pages/history.html", shown)


def _read_id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None
