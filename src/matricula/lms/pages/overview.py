"""The dashboard: what somebody studies, and what is missing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from matricula.lms.addresses.api import Standing, list_addresses
from matricula.lms.catalog.api import MODE_TITLES, Progress
from matricula.lms.learners.api import SurveyedCourse, get_learner, survey_studies
from matricula.lms.pages.acting import account_of, act_as
from matricula.lms.sign_on.api import list_joined


@login_required
def show_dashboard(request: HttpRequest) -> HttpResponse:
    """Show programs and courses, and what is still to be proven or decided."""
    account, by = account_of(request), act_as(request)
    learner = get_learner(username=account.username, by=by)
    survey = survey_studies(learner=learner, by=by, at=datetime.now(UTC))
    shown = {
        **find_missing(request),
        "survey": survey,
        "explicit": [each for each in survey.programs if each.basis == "explicit"],
        "implicit": [each for each in survey.programs if each.basis == "implicit"],
        "groups": group_courses(survey.courses),
        "modes": MODE_TITLES,
    }
    return render(request, "pages/dashboard.html", shown)


def find_missing(request: HttpRequest) -> dict[str, Any]:
    """Return what ``pages/missing.html`` tells of, and whether that is anything."""
    account, by = account_of(request), act_as(request)
    addresses = list_addresses(account_id=account.pk, by=by)
    schools = list_joined(account_id=account.pk, by=by)
    return {
        "addresses": addresses,
        "schools": schools,
        "is_missing": any(each.standing is not Standing.HELD for each in addresses)
        or any(each.word for each in schools),
    }


def group_courses(
    courses: Iterable[SurveyedCourse],
) -> list[tuple[str, str, list[SurveyedCourse]]]:
    """Sort courses by how far they are: a name for each group, its title, what is in it."""
    titles = {
        "in_progress": _("In progress"),
        "upcoming": _("Upcoming"),
        "completed": _("Completed"),
        "closed": _("Closed to you"),
    }
    groups: dict[str, list[SurveyedCourse]] = {name: [] for name in titles}
    for course in courses:
        groups[course.progress.value if course.is_active else "closed"].append(course)
    groups[Progress.COMPLETED].reverse()  # the last first
    return [(name, titles[name], found) for name, found in groups.items() if found]
