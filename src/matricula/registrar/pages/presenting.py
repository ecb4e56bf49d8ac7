"""A program's pages: how it stands and has grown, who waits, and one student."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from matricula.registrar.copies.api import Outline, find_past, outline_programs, wish_for_copies
from matricula.registrar.jobs.api import JobsWanted, oversee_jobs
from matricula.registrar.pages.describing import describe_program
from matricula.registrar.pages.entering import Visit, console_page, form_target
from matricula.registrar.pages.growing import draw_growth
from matricula.registrar.pages.listing import list_for
from matricula.registrar.pages.reading import read_words
from matricula.registrar.partners.api import Permission, PermittedProgram
from matricula.registrar.students.api import find_student, list_waiting_students
from matricula.service.refusals import Unavailable

RECENT = 5
SOON_OLD = timedelta(hours=1)
"""A copy that nobody has looked at for so long is refreshed by whoever looks."""
LONGEST_KEY = 255


@require_safe
@console_page
def show_program(visit: Visit, key: str) -> HttpResponse:
    """Show a program to whoever may see it, as much of it as they may."""
    permitted = visit.permit(key)
    said: dict[str, Any] = {**describe_program(permitted), "outline": None}
    if Permission.READ_ENROLLMENTS in permitted.permissions:
        said |= _describe_enrollments(visit, permitted)
    return visit.show("registrar/program.html", said)


@form_target("program")
@console_page
def refresh_counts(visit: Visit, key: str) -> HttpResponse:
    """Have a program counted anew."""
    program = visit.permit(key, Permission.READ_ENROLLMENTS).program
    wish_for_copies(programs=[program], by=visit.by, at=visit.at)
    return redirect("program", key)


@require_safe
@console_page
def show_waiting(visit: Visit, key: str) -> HttpResponse:
    """List who waits in a program, asked of the LMS: as a page, or for a part of one."""
    permitted = visit.permit(key, Permission.READ_ENROLLMENTS)
    if visit.is_live:
        return _show_first_who_wait(visit, permitted)
    found = list_waiting_students(
        program=permitted.program, by=visit.by, cursor=read_words(visit.request, "cursor")
    )
    return visit.show("registrar/waiting.html", {**describe_program(permitted), "found": found})


@require_safe
@console_page
def show_student(visit: Visit, key: str) -> HttpResponse:
    """Show what the LMS holds of one student in a program."""
    permitted = visit.permit(key, Permission.READ_ENROLLMENTS)
    student_key = read_words(visit.request, "key")[:LONGEST_KEY]
    said: dict[str, Any] = {**describe_program(permitted), "student_key": student_key}
    if student_key:
        said["found"] = find_student(
            program=permitted.program, student_key=student_key, by=visit.by
        )
    return visit.show("registrar/student.html", said)


def _show_first_who_wait(visit: Visit, permitted: PermittedProgram) -> HttpResponse:
    """Write the part of a page that has them; it says so itself when the LMS is away."""
    said: dict[str, Any] = {**describe_program(permitted), "is_part": True}
    try:
        said["found"] = list_waiting_students(program=permitted.program, by=visit.by, size=RECENT)
    except Unavailable:
        said["is_away"] = True
    return visit.show("registrar/waiting_part.html", said)


def _describe_enrollments(visit: Visit, permitted: PermittedProgram) -> Mapping[str, Any]:
    program = permitted.program
    outline = outline_programs(programs=[program], by=visit.by)[program.pk]
    if outline.is_missing or _is_old(outline, visit):
        wish_for_copies(programs=[program], by=visit.by, at=visit.at)
        outline = outline_programs(programs=[program], by=visit.by)[program.pk]
    past = find_past(program=program, by=visit.by)
    jobs = oversee_jobs(by=visit.by, wanted=JobsWanted(program=program), limit=RECENT)
    return {
        "outline": outline,
        "growth": draw_growth(past) if past else None,
        "jobs": list_for(visit, jobs),
        "is_live": outline.is_awaited,
    }


def _is_old(outline: Outline, visit: Visit) -> bool:
    is_at_rest = not outline.is_awaited and not outline.trouble_code
    return is_at_rest and outline.proven_at is not None and visit.at - outline.proven_at > SOON_OLD
