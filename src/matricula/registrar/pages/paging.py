"""Paging: the parts of a list that is known in whole, by their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest

from matricula.registrar.pages.reading import read_number

PAGE_SIZE = 25

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Part(Generic[Item]):
    """A page of a list; 0 stands for no other page."""

    items: Sequence[Item]
    count: int
    first: int
    last: int
    previous: int
    following: int


def turn_to_page(request: HttpRequest, items: Sequence[Item]) -> Part[Item]:
    """Return the page that the query asks for; one that is not there is the last one."""
    pages = max(1, -(-len(items) // PAGE_SIZE))
    number = min(read_number(request, "page", otherwise=1), pages)
    start = (number - 1) * PAGE_SIZE
    return count_part(items[start : start + PAGE_SIZE], count=len(items), number=number)


def count_part(items: Sequence[Item], *, count: int, number: int) -> Part[Item]:
    """Return the page of that number, from 1, which has these of all the items."""
    start = (number - 1) * PAGE_SIZE
    return Part(
        items=items,
        count=count,
        first=start + 1,
        last=start + len(items),
        previous=number - 1,
        following=number + 1 if count > number * PAGE_SIZE else 0,
    )
