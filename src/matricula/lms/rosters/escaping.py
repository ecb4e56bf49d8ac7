"""Escaping what a spreadsheet would calculate, in CSV that we write; and back, in what we read.

A cell that begins with one of ``= + - @``, a tab or a carriage return gets an apostrophe before
it, which a spreadsheet takes for "this is text". Reading takes one such apostrophe away, so every
key comes back as it was (ADR 0012).
"""

import re
from collections.abc import Iterable

_CALCULATED = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def escape_cells(cells: Iterable[str]) -> list[str]:
    """Return cells that are safe to open in a spreadsheet."""
    return [f"'{cell}" if _CALCULATED.match(cell) else cell for cell in cells]


def unescape_cells(cells: Iterable[str]) -> list[str]:
    """Return the cells of which ``escape_cells`` has made these."""
    return [cell[1:] if _ESCAPED.match(cell) else cell for cell in cells]
