"""The dashboard: what somebody studies, and what is missing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from matricula.lms.addresses.api import list_addresses
from matricula.lms.catalog.api import MODE_TITLES
from matricula.lms.learners.api import get_learner, survey_studies
from matricula.lms.pages.acting import account_of, act_as
from matricula.lms.sign_on.api import list_joined

STATUSES = {
    "enrolled": "You are enrolled",
    "pending": "You are admitted; your school has still to confirm it",
    "suspended": "Suspended by your school: its courses are closed to you for now",
    "canceled": "Canceled by your school",
    "ended": "Ended; you keep its courses",
}


@login_required
def show_dashboard(request: HttpRequest) -> HttpResponse:
    """Show programs and courses, and what is still to be proven or decided."""
    account, by = account_of(request), act_as(request)
    learner = get_learner(username=account.username, by=by)
    shown = {
        "survey": survey_studies(learner=learner, by=by),
        "addresses": list_addresses(account_id=account.pk, by=by),
        "schools": list_joined(account_id=account.pk, by=by),
        "statuses": STATUSES,
        "modes": MODE_TITLES,
    }
    return render(request, "pages/dashboard.html", shown)
