"""Rows that name the same thing twice are judged together: none of them is applied."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import islice, repeat
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

Repeats = Mapping[Key, Sequence[int]]
"""The lines of every key that is repeated."""

_NAMED_LINES = 5


def find_repeats(
    keys: Sequence[Key], lines: Sequence[int], variants: Sequence[int | None] | None = None
) -> dict[Key, list[int]]:
    """Return the lines of every key that is repeated; ``lines[i]`` is that of ``keys[i]``.

    Rows of one key are no repetition if each names a variant of it, and no two the same.
    """
    if len(set(keys)) == len(keys):
        return {}
    return group_repeats(zip(keys, lines, variants or repeat(None)))  # noqa: B905  repeat is endless


def group_repeats(rows: Iterable[tuple[Key, int, int | None]]) -> dict[Key, list[int]]:
    """Do what ``find_repeats`` does for rows of key, line and variant that come one by one."""
    lines: dict[Key, list[int]] = {}
    variants: dict[Key, set[int]] = {}
    for key, line, variant in rows:
        lines.setdefault(key, []).append(line)
        if variant is not None:
            variants.setdefault(key, set()).add(variant)
    return {
        key: found
        for key, found in lines.items()
        if len(found) > 1 and len(variants.get(key, ())) < len(found)
    }


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
