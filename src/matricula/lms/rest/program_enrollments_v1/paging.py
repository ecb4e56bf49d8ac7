"""Pages by keyset, in the form that clients of edX follow: absolute links, and opaque cursors."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlencode

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

PAGE_SIZE = 100
LARGEST_PAGE = 1_000
LARGEST_ID = 2**63 - 1

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Reader(Protocol[Item_co]):
    """Reads the first items after an id or, in the same order, the last ones before another."""

    def __call__(self, *, after: int | None, before: int | None, limit: int) -> Sequence[Item_co]:
        """Return at most ``limit`` items, by ascending id; one of the two ends is None."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: behind an item, or in front of one and going backwards."""

    position: int
    is_reverse: bool

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the cursor of a link.

        Raises:
            NotFound: it is none that a link of ours could have.
        """
        try:
            said = parse_qs(b64decode(text, validate=True).decode("ascii"), strict_parsing=True)
            position = int(said["p"][-1])
        except (ValueError, KeyError):
            raise NotFound("Invalid cursor") from None
        if not 0 <= position <= LARGEST_ID:
            raise NotFound("Invalid cursor")
        return cls(position, is_reverse=said.get("r") == ["1"])

    def __str__(self) -> str:
        said = {"r": "1", "p": self.position} if self.is_reverse else {"p": self.position}
        return b64encode(urlencode(said).encode()).decode()


def answer_page(
    request: Request,
    *,
    read: Reader[Item],
    id_of: Callable[[Item], int],
    write: Callable[[Item], Any],
    page_size: int = PAGE_SIZE,
    largest: int = LARGEST_PAGE,
) -> dict[str, Any]:
    """Return the page that the query asks for, with the links to those beside it.

    Raises:
        NotFound: the cursor is none.
    """
    size = _read_size(request, default=page_size, largest=largest)
    text = request.query_params.get("cursor")
    cursor = Cursor.read(text) if text else None
    is_reverse = cursor is not None and cursor.is_reverse
    position = 0 if cursor is None else cursor.position
    after, before = (None, position) if is_reverse else (position, None)
    found = read(after=after, before=before, limit=size + 1)
    has_more = len(found) > size
    items = found[-size:] if is_reverse else found[:size]
    has_next, has_previous = (True, has_more) if is_reverse else (has_more, cursor is not None)
    behind = _link(request, Cursor(id_of(items[-1]), is_reverse=False)) if items else None
    ahead = _link(request, Cursor(id_of(items[0]), is_reverse=True)) if items else None
    return {
        "next": behind if has_next else None,
        "previous": ahead if has_previous else None,
        "results": [write(item) for item in items],
    }


def read_from(items: Sequence[Item], id_of: Callable[[Item], int]) -> Reader[Item]:
    """Return a reader of items that are all there already, by ascending id."""

    def read(*, after: int | None, before: int | None, limit: int) -> Sequence[Item]:
        if before is not None:
            return [item for item in items if id_of(item) < before][-limit:]
        return [item for item in items if id_of(item) > (after or 0)][:limit]

    return read


def _read_size(request: Request, *, default: int, largest: int) -> int:
    """Return the wanted number of items; what is no positive number counts as not said."""
    text = request.query_params.get("page_size", "").strip()
    if not (text.isascii() and text.isdecimal()) or not text.strip("0"):
        return default
    return min(int(text), largest) if len(text) < len(str(LARGEST_ID)) else largest


def _link(request: Request, cursor: Cursor) -> str:
    query = request.query_params.copy()
    query["cursor"] = str(cursor)
    return request.build_absolute_uri(f"?{urlencode(sorted(query.lists()), doseq=True)}")
