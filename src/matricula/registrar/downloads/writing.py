"""Writing what was read as JSON or CSV, some rows at a time: memory stays flat (contract 2.9)."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import IO, TextIO

import msgspec

from matricula.service.escaping import write_cells

BATCH = 1_000
INDENT = 4

Cell = str | bool | None
Row = Mapping[str, Cell]


class Form(StrEnum):
    """How a file is written."""

    JSON = "json"
    CSV = "csv"

    @property
    def content_type(self) -> str:
        """What browsers are told that it is."""
        return "application/json" if self is Form.JSON else "text/csv; charset=utf-8"


def write_rows(
    rows: Iterable[Row],
    *,
    columns: Sequence[str],
    form: Form,
    to: IO[bytes],
    note: Callable[[int], None],
) -> int:
    """Write rows, and return how many; ``note`` is told after every thousand how many these are.

    JSON has the cells that each row has, CSV all columns, and is safe to open in a spreadsheet.
    """
    if form is Form.JSON:
        return _write_json(rows, to, note)
    text = io.TextIOWrapper(to, encoding="utf-8", newline="")
    try:
        return _write_csv(rows, columns, text, note)
    finally:
        text.detach()  # or it would close the file with itself


def _write_csv(
    rows: Iterable[Row], columns: Sequence[str], to: TextIO, note: Callable[[int], None]
) -> int:
    written = 0
    write_cells([columns], to)
    for batch in _split(rows):
        write_cells([[_say(row.get(column)) for column in columns] for row in batch], to)
        written += len(batch)
        note(written)
    to.flush()
    return written


def _write_json(rows: Iterable[Row], to: IO[bytes], note: Callable[[int], None]) -> int:
    written = 0
    to.write(b"[")
    for batch in _split(rows):
        array = msgspec.json.encode(batch, order="sorted")
        inside = msgspec.json.format(array, indent=INDENT)[1:-2]  # without "[" and "\n]"
        to.write(b"," + inside if written else inside)
        written += len(batch)
        note(written)
    to.write(b"\n]\n" if written else b"]\n")
    return written


def _split(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _say(cell: Cell) -> str:
    return "" if cell is None else str(cell)
