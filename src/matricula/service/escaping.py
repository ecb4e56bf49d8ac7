"""Escaping what a spreadsheet would calculate, in CSV that we write; and back, in what we read.

A cell that begins with one of ``= + - @``, a tab or a carriage return gets an apostrophe before
it, which a spreadsheet takes for "this is text". Reading takes one such apostrophe away, so every
key comes back as it was (ADR 0012).
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import TextIO

_CALCULATED = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")

# Both find more than there is to escape, and never less; to look for signs at all takes next to no
# time.
_SIGNS = ("'", "=", "+", "-", "@", "\t", '"\r')
_SUSPECT = re.compile(
    r"""^(?:['=+\-@\t]|"['=+\-@\t\r])|,(?:['=+\-@\t]|"['=+\-@\t\r])""", re.MULTILINE
)


def write_cells(rows: Sequence[Sequence[str]], to: TextIO) -> None:
    """Write rows as CSV that is safe to open in a spreadsheet."""
    text = _write(rows)
    if any(sign in text for sign in _SIGNS) and _SUSPECT.search(text):
        text = _write(map(escape_cells, rows))
    to.write(text)


def escape_cells(cells: Iterable[str]) -> list[str]:
    """Return cells that are safe to open in a spreadsheet."""
    return [f"'{cell}" if _CALCULATED.match(cell) else cell for cell in cells]


def unescape_cells(cells: Iterable[str]) -> list[str]:
    """Return the cells of which ``escape_cells`` has made these."""
    return [cell[1:] if _ESCAPED.match(cell) else cell for cell in cells]


def _write(rows: Iterable[Sequence[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
