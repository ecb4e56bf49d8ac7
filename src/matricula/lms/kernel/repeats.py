"""Rows that name the same thing twice are judged together: none of them is applied."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

_NAMED_LINES = 5


def find_repeats(keys: Sequence[Key], lines: Sequence[int]) -> dict[Key, list[int]]:
    """Return the lines of every key that occurs more than once; ``lines[i]`` is that of ``keys[i]``."""
    if len(set(keys)) == len(keys):
        return {}
    repeated = {key for key, times in Counter(keys).items() if times > 1}
    found: dict[Key, list[int]] = {}
    for key, line in zip(keys, lines, strict=True):
        if key in repeated:
            found.setdefault(key, []).append(line)
    return found


def repeated_on(lines: Iterable[int], *, line: int, what: str) -> str:
    """Say in words where else the key of this line stands: ``the same student key is on line 7``."""
    others = [other for other in lines if other != line]
    if not others:
        return f"{what} is repeated"
    named = ", ".join(str(other) for other in others[:_NAMED_LINES])
    more = f" and {len(others) - _NAMED_LINES} more" if len(others) > _NAMED_LINES else ""
    return f"{what} is also on line {named}{more}; none of these rows is applied"
