"""Paging: a page of bounded size, and where the next one is; as fast however far in."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from rest_framework.request import Request

from matricula.lms.rest.enrollment_v2.reading import InvalidParameter

PAGE_SIZE = 100
LARGEST_PAGE = 1_000
CURSOR_LENGTH = 2_000

Id = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""A number that the database can hold."""

Item = TypeVar("Item")
Key = TypeVar("Key")


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of a list; the queries of lists inherit it."""

    page_size: Annotated[
        int, msgspec.Meta(ge=1, le=LARGEST_PAGE, description="Rows of a page.")
    ] = PAGE_SIZE
    cursor: Annotated[
        Annotated[str, msgspec.Meta(max_length=CURSOR_LENGTH)] | None,
        msgspec.Meta(description="Where the page begins, as `next` has it."),
    ] = None


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """A page of a list; `next` is where the next one is, null at the end."""

    results: Sequence[Item]
    next: str | None


def read_cursor(query: PageQuery, wanted: type[Key]) -> Key | None:
    """Return the key after which the page begins, or None at the start.

    Raises:
        InvalidParameter: it is none that ``make_page`` has given out for such a list.
    """
    if query.cursor is None:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(query.cursor.encode("ascii")), type=wanted)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise InvalidParameter("cursor: it is none that this list has given out.") from None


def make_page(
    request: Request,
    query: PageQuery,
    found: Sequence[Item],
    *,
    key_of: Callable[[Item], object],
    shape: Callable[[Item], object] | None = None,
) -> Page[Any]:
    """Return a page of ``found``, which is one longer than the page if there are more.

    ``key_of`` says of the last row what ``read_cursor`` is to return; ``shape`` makes the row as
    it is sent.
    """
    rows = found[: query.page_size]
    more = len(found) > query.page_size
    following = follow(request, make_cursor(key_of(rows[-1]))) if more else None
    return Page(rows if shape is None else [shape(row) for row in rows], following)


def make_cursor(key: object) -> str:
    """Return a key as the text that ``read_cursor`` reads."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode()


def follow(request: Request, cursor: str, *, name: str = "cursor") -> str:
    """Return the address of the page that begins at a cursor."""
    kept = [
        (parameter, value)
        for parameter, values in request.query_params.lists()
        for value in values
        if parameter != name
    ]
    return request.build_absolute_uri(f"?{urlencode([*kept, (name, cursor)])}")
