"""Listing who waits in programs, for when only the program's name is known."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from matricula.lms.catalog.api import list_programs_titled
from matricula.lms.kernel.api import Actor
from matricula.lms.pages.support.admitting import for_support
from matricula.lms.pages.support.naming import link_to_name
from matricula.lms.pages.support.searching import read_number
from matricula.lms.pages.support.wording import WORDS
from matricula.lms.preemptive_enrollments.api import Waiting, WaitingKey, page_waiting

PAGE = 50


@for_support
def list_waiting_in_programs(request: HttpRequest, by: Actor) -> HttpResponse:
    """Show who waits in the programs that have some words in their title."""
    title = request.GET.get("title", "").strip()
    after = read_number(request.GET.get("after", ""))
    ids = list_programs_titled(title=title)
    page = page_waiting(
        which=Waiting(program_ids=tuple(ids)),
        after=None if after is None else WaitingKey(0, is_direct=False, id=after),
        limit=PAGE,
        by=by,
    )
    waiting = [
        (each, link_to_name(kind=each.kind, organization=each.organization, value=each.value))
        for each in page.rows
    ]
    shown: dict[str, Any] = {"title": title, "waiting": waiting, "after": after, **WORDS}
    if page.last is not None:
        query = urlencode({"title": title, "after": str(page.last.id)})
        shown["next"] = f"{reverse('support_waiting_in')}?{query}"
    return render(request, "support/waiting_in.html", shown)
