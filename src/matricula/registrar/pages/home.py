"""The first page: the programs for which one may act, and what goes on in them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matricula.registrar.accounts.api import Account
from matricula.registrar.copies.api import Outline, outline_programs, wish_for_copies
from matricula.registrar.jobs.api import count_running_jobs
from matricula.registrar.pages.entering import Visit, console_page
from matricula.registrar.pages.orienting import orient
from matricula.registrar.pages.paging import turn_to_page
from matricula.registrar.pages.reading import read_words
from matricula.registrar.partners.api import (
    Permission,
    PermittedProgram,
    Program,
    list_programs,
    title_of,
)

WORDS: Mapping[Permission, Promise] = {
    Permission.READ_METADATA: _("see its courses"),
    Permission.READ_ENROLLMENTS: _("find students and download"),
    Permission.WRITE_ENROLLMENTS: _("upload"),
    Permission.READ_REPORTS: _("read reports"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A program of the list; without an outline one may not see its enrollments."""

    program: Program
    title: str
    may: Sequence[Promise]
    outline: Outline | None
    running: int
    waiting: int


@never_cache
@require_safe
def show_home(request: HttpRequest) -> HttpResponseBase:
    """Show it, or where to begin."""
    if not isinstance(request.user, Account):
        return render(request, "registrar/welcome.html")
    return _show_programs(request)


@console_page
def _show_programs(visit: Visit) -> HttpResponse:
    words = read_words(visit.request, "q")
    permitted = list_programs(by=visit.by, words=words)
    part = turn_to_page(visit.request, permitted)
    entries = _enter(visit, part.items)
    said = {"entries": entries, "part": part, "q": words, "is_live": _is_live(entries)}
    return visit.show("registrar/home.html", said)


def _enter(visit: Visit, permitted: Sequence[PermittedProgram]) -> list[Entry]:
    programs = [each.program for each in permitted]
    outlines = outline_programs(programs=programs, by=visit.by)
    missing = [each for each in programs if each.pk in outlines and outlines[each.pk].is_missing]
    if missing:
        wish_for_copies(programs=missing, by=visit.by, at=visit.at)
        outlines = outline_programs(programs=programs, by=visit.by)
    running = count_running_jobs(programs=programs, by=visit.by)
    waiting = Counter(each.job.program_id for each in orient(visit.request).waiting)
    return [
        Entry(
            program=each.program,
            title=title_of(each.program),
            may=[words for may, words in WORDS.items() if may in each.permissions],
            outline=outlines.get(each.program.pk),
            running=running.get(each.program.pk, 0),
            waiting=waiting[each.program.pk],
        )
        for each in permitted
    ]


def _is_live(entries: Sequence[Entry]) -> bool:
    """Tell whether the list will change by itself soon."""
    return any(each.running or (each.outline and each.outline.is_awaited) for each in entries)
