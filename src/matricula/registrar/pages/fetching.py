"""Fetching: downloads, each of which is a job, and reports that others have made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from matricula.registrar.catalog.api import CourseRun, UnknownCourse, recall_courses
from matricula.registrar.downloads.api import (
    Form,
    request_all_course_enrollments,
    request_course_enrollments,
    request_grades,
    request_program_enrollments,
)
from matricula.registrar.jobs.api import Job
from matricula.registrar.pages.describing import describe_program
from matricula.registrar.pages.entering import Visit, console_page
from matricula.registrar.pages.paging import turn_to_page
from matricula.registrar.partners.api import Permission, PermittedProgram
from matricula.registrar.reports.api import link_to_report, list_reports
from matricula.service.refusals import Unavailable

Request = Callable[..., Job]

OF_PROGRAM: Mapping[str, tuple[Promise, Promise, Request]] = {
    "program": (
        gettext_lazy("Program enrollments"),
        gettext_lazy("who is in the program, with which status"),
        request_program_enrollments,
    ),
    "all-courses": (
        gettext_lazy("Enrollments in all courses"),
        gettext_lazy("who is in which course of the program"),
        request_all_course_enrollments,
    ),
}
OF_COURSE: Mapping[str, tuple[Promise, Promise, Request]] = {
    "course": (
        gettext_lazy("Enrollments in one course"),
        gettext_lazy("who is in the course chosen below"),
        request_course_enrollments,
    ),
    "grades": (
        gettext_lazy("Grades in one course"),
        gettext_lazy("who has earned what in the course chosen below"),
        request_grades,
    ),
}
BAD_REQUEST = 400


@require_http_methods(["GET", "HEAD", "POST"])
@console_page
def download(visit: Visit, key: str) -> HttpResponse:
    """Ask what to download, and begin."""
    permitted = visit.permit(key, Permission.READ_ENROLLMENTS)
    if visit.request.method != "POST":
        return _show_form(visit, permitted)
    try:
        job = _begin(visit, permitted)
    except UnknownCourse:
        return _show_form(visit, permitted, fault=_("Choose a course of this program."))
    if job is None:
        return _show_form(visit, permitted, fault=_("Choose what you want to download."))
    return redirect("job", job.uuid)


@require_safe
@console_page
def show_reports(visit: Visit, key: str) -> HttpResponse:
    """List a program's reports, the latest first, each with a link that is good for a while."""
    permitted = visit.permit(key, Permission.READ_REPORTS)
    found = list_reports(program=permitted.program, by=visit.by)
    part = turn_to_page(visit.request, found[::-1])
    reports = [(report, link_to_report(report=report)) for report in part.items]
    said = {**describe_program(permitted), "part": part, "reports": reports}
    return visit.show("registrar/reports.html", said)


def _begin(visit: Visit, permitted: PermittedProgram) -> Job | None:
    said = visit.request.POST
    asked: dict[str, Any] = {
        "program": permitted.program,
        "form": Form.JSON if said.get("form") == Form.JSON.value else Form.CSV,
        "by": visit.by,
        "at": visit.at,
    }
    what = said.get("what", "")
    if what in OF_PROGRAM:
        return OF_PROGRAM[what][2](**asked)
    if what in OF_COURSE:
        return OF_COURSE[what][2](course=said.get("course", ""), **asked)
    return None


def _show_form(visit: Visit, permitted: PermittedProgram, *, fault: str = "") -> HttpResponse:
    said = visit.request.POST
    runs = _find_runs(visit, permitted)
    shown = {
        **describe_program(permitted),
        "choices": [*_tell(OF_PROGRAM), *(_tell(OF_COURSE) if runs else ())],
        "runs": runs,
        "fault": fault,
        "what": said.get("what", "program"),
        "course": said.get("course", ""),
        "form": said.get("form", Form.CSV.value),
    }
    return visit.show("registrar/download.html", shown, status=BAD_REQUEST if fault else 200)


def _find_runs(visit: Visit, permitted: PermittedProgram) -> Sequence[CourseRun] | None:
    """Return the program's courses; None if they are not known here and the LMS is away."""
    try:
        return recall_courses(program=permitted.program, at=visit.at).runs
    except Unavailable:
        return None


def _tell(
    choices: Mapping[str, tuple[Promise, Promise, Request]],
) -> list[tuple[str, Promise, Promise]]:
    return [(name, words, meaning) for name, (words, meaning, _) in choices.items()]
