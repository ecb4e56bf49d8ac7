"""Searching: one box, and who was found with why."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from matricula.lms.catalog.api import list_programs_titled
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import Found, search_people
from matricula.lms.pages.support.admitting import for_support
from matricula.lms.pages.support.naming import link_to_account, link_to_name
from matricula.lms.pages.support.wording import KINDS, MATCHES

PAGE = 25


@for_support
def search(request: HttpRequest, by: Actor) -> HttpResponse:
    """Show the box and who was found; whoever alone matches exactly is shown at once."""
    asked = request.GET.get("q", "").strip()
    after = read_number(request.GET.get("after", ""))
    if not asked:
        return render(request, "support/search.html")
    page = search_people(asked=asked, after=after, limit=PAGE, by=by)
    only = page.only_exact
    if only is not None and after is None and "all" not in request.GET:
        return redirect(
            f"{_link(only)}{'&' if '?' in _link(only) else '?'}{urlencode({'q': asked})}"
        )
    shown: dict[str, Any] = {"asked": asked, "people": list(_show(page.people)), "after": after}
    shown["is_title"] = after is None and bool(list_programs_titled(title=asked))
    if page.last is not None:
        query = urlencode({"q": asked, "all": "yes", "after": page.last})
        shown["next"] = f"{reverse('support')}?{query}"
    return render(request, "support/search.html", shown)


def read_number(text: str) -> int | None:
    """Return a number of an address, or None if it is none that we gave out."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004  what a bigint holds


def _show(people: Sequence[Found]) -> Iterator[dict[str, Any]]:
    for each in people:
        yield {
            "person": each,
            "link": _link(each),
            "kind": KINDS.get(each.kind, ""),
            "why": [MATCHES[match] for match in each.matches],
        }


def _link(found: Found) -> str:
    if found.username is not None:
        return link_to_account(found.username)
    return link_to_name(kind=found.kind, organization=found.organization, value=found.value)
