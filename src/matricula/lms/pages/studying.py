"""Studying: one program of somebody, and why they are in a course run or are not."""

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from matricula.lms.catalog.api import (
    MODE_TITLES,
    UnknownCourseRun,
    describe_course_run,
    describe_program,
)
from matricula.lms.learners.api import (
    get_learner,
    list_history,
    survey_course,
    survey_studies,
)
from matricula.lms.pages.acting import account_of, act_as
from matricula.lms.pages.overview import find_missing, group_courses
from matricula.lms.pages.refusing import telling_refusals

EPISODES = 10
"""What a program's page tells of its history; all of it is another page."""
OTHERS = 50
"""Course runs of a program that somebody is not in, and that are named all the same."""


@login_required
@telling_refusals
def show_program(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one program of theirs; of any other nobody is told whether it is there.

    Their school may have sent them, and have enrolled them under a name not proven yet: they are
    told what to do about it.
    """
    by = act_as(request)
    learner = get_learner(username=account_of(request).username, by=by)
    survey = survey_studies(learner=learner, by=by, at=datetime.now(UTC))
    programs = [each for each in survey.programs if each.uuid == uuid]
    if not programs:
        missing = find_missing(request)
        return render(request, "pages/program_missing.html", missing, status=HTTPStatus.NOT_FOUND)
    described = describe_program(key=str(uuid))
    taken = {course.key for course in programs[0].courses}
    others = [run for run in described.course_runs if run.key not in taken]
    shown = {
        "program": programs[0],
        "programs": programs,
        "curricula": {each.uuid: each for each in described.curricula},
        "organizations": described.program.organizations,
        "groups": group_courses(programs[0].courses),
        "others": others[:OTHERS],
        "others_count": len(others),
        "episodes": list_history(learner=learner, by=by, program=uuid, limit=EPISODES),
        "modes": MODE_TITLES,
    }
    return render(request, "pages/program.html", shown)


@login_required
def find_course(request: HttpRequest) -> HttpResponse:
    """Ask for a course run by its key."""
    if key := " ".join(request.GET.get("key", "").split()):  # no address has line breaks
        return redirect("course", key=key)
    return render(request, "pages/course_asked.html")


@login_required
def show_course(request: HttpRequest, key: str) -> HttpResponse:
    """Say why they are in a course run, or are not, and what to do about it."""
    by, at = act_as(request), datetime.now(UTC)
    learner = get_learner(username=account_of(request).username, by=by)
    try:
        run = describe_course_run(key=key)
    except UnknownCourseRun:
        asked = {"key": key, "is_unknown": True}
        return render(request, "pages/course_asked.html", asked, status=HTTPStatus.NOT_FOUND)
    course = survey_course(learner=learner, course_run=key, by=by, at=at)
    shown = {
        **find_missing(request),
        "run": run,
        "course": course,
        "progress": course.progress if course else run.progress(at=at),
        "address": find_address(run.key),
        "modes": MODE_TITLES,
    }
    return render(request, "pages/course_explained.html", shown)


def find_address(key: str) -> str:
    """Return where a course run is studied; empty where that is nowhere yet.

    The LMS itself teaches nothing: while ``COURSE_URL`` names none but itself, it is not set.
    """
    if settings.COURSE_URL.startswith(f"{settings.LMS_URL}/"):
        return ""
    return settings.COURSE_URL.replace("{key}", quote(key, safe="/:+~"))
