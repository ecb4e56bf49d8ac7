"""Pages as course-discovery has them: a count, the results, and where the others are."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

PAGE = 20
LARGEST_PAGE = 100
LAST_OFFSET = 2**31 - 1
"""Nobody has so many; the database could not count further than 2**63."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is wanted."""

    offset: int
    limit: int


class Page(msgspec.Struct, frozen=True):
    """A part of a list; ``next`` and ``previous`` are absolute addresses."""

    count: int
    next: str | None
    previous: str | None
    results: Sequence[object]


def read_window(request: Request) -> Window:
    """Return the part that ``offset`` and ``limit`` say, within bounds.

    What is no number is as if it were not said.
    """
    limit = _read_number(request, "limit", most=LARGEST_PAGE)
    return Window(_read_number(request, "offset", most=LAST_OFFSET) or 0, limit or PAGE)


def make_page(request: Request, window: Window, *, count: int, results: Sequence[object]) -> Page:
    """Return the page with the addresses of those before and after it."""
    following = window.offset + window.limit
    return Page(
        count=count,
        next=_address(request, following, window.limit) if following < count else None,
        previous=_address(request, max(0, window.offset - window.limit), window.limit)
        if window.offset
        else None,
        results=results,
    )


def _address(request: Request, offset: int, limit: int) -> str:
    url = replace_query_param(request.build_absolute_uri(), "limit", limit)
    return (
        replace_query_param(url, "offset", offset) if offset else remove_query_param(url, "offset")
    )


def _read_number(request: Request, name: str, *, most: int) -> int | None:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit()):
        return None
    return most if len(text) > len(str(most)) else min(int(text), most)
