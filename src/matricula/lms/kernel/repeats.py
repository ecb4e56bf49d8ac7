"""Rows that name the same thing twice are judged together: none of them is applied."""

from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import islice, repeat
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

Repeats = Mapping[Key, Sequence[int]]
"""The lines of every key that is repeated."""

_NAMED_LINES = 5
_OPEN = -1
"""Stands for no variant; those that are named are ids."""


def find_repeats(
    keys: Sequence[Key], lines: Sequence[int], variants: Sequence[int | None] | None = None
) -> dict[Key, list[int]]:
    """Return the lines of every key that is repeated; ``lines[i]`` is that of ``keys[i]``.

    Rows of one key are no repetition if each names a variant of it, and no two the same.
    """
    if len(set(keys)) == len(keys):
        return {}
    rows = zip(keys, lines, variants or repeat(None))  # noqa: B905  repeat is endless
    return {key: list(found) for key, found in group_repeats(rows).items()}


def group_repeats(rows: Iterable[tuple[Key, int, int | None]]) -> Repeats[Key]:
    """Do what ``find_repeats`` does for rows of key, line and variant that come one by one.

    As much may be repeated as there is: a row takes up its two numbers and little else.
    """
    places: dict[Key, array[int]] = {}
    for key, line, variant in rows:
        numbers = (line, _OPEN if variant is None else variant)
        if (place := places.get(key)) is None:
            places[key] = array("q", numbers)
        else:
            place.extend(numbers)
    return {key: place[::2] for key, place in places.items() if _is_repetition(place[1::2])}


def _is_repetition(variants: Sequence[int]) -> bool:
    return len(variants) > 1 and (_OPEN in variants or len(set(variants)) < len(variants))


def repeated_on(lines: Sequence[int], *, line: int, what: str) -> str:
    """Say in words where else the key of this line stands."""
    others = list(islice((other for other in lines if other != line), _NAMED_LINES))
    if not others:
        return f"{what} is repeated"
    more = len(lines) - 1 - len(others)
    return (
        f"{what} is also on line {', '.join(map(str, others))}"
        f"{f' and {more} more' if more > 0 else ''}; none of these rows is applied"
    )
