"""Pages as version 3 has them: numbered, with the addresses of those before and after."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

PAGE_SIZE = 100
MOST = 10**9

Item = TypeVar("Item")

PAGING = [
    OpenApiParameter("page", int, description="From 1; beyond the last one is 404."),
    OpenApiParameter("page_size", int, default=PAGE_SIZE),
]


class Page(msgspec.Struct, frozen=True):
    """A part of a list; ``next`` and ``previous`` are absolute addresses."""

    count: int
    next: str | None
    previous: str | None
    results: Sequence[object]


def make_page(request: Request, items: Sequence[Item], *, shape: Callable[[Item], object]) -> Page:
    """Return the page that a request asks for; what is no number is as if it were not said.

    Raises:
        NotFound: there is no such page.
    """
    size = read_number(request, "page_size") or PAGE_SIZE
    asked = read_number(request, "page")
    number = 1 if asked is None else asked
    start = (number - 1) * size
    if number == 0 or (start >= len(items) and number > 1):
        raise NotFound("There is no such page.")
    return Page(
        count=len(items),
        next=_address(request, number + 1) if start + size < len(items) else None,
        previous=_address(request, number - 1) if number > 1 else None,
        results=[shape(each) for each in items[start : start + size]],
    )


def _address(request: Request, number: int) -> str:
    url = request.build_absolute_uri()
    if number == 1:
        return remove_query_param(url, "page")
    return replace_query_param(url, "page", number)


def read_number(request: Request, name: str) -> int | None:
    """Return a number that is asked for; what is no number is as if it were not said."""
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text[:10]), MOST)
