"""Tables as the dataset has them: CSV files with a header, each row knowing where it stands."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from matricula.lms.kernel.api import Invalid

_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,14}")


class UnreadableDataset(Invalid):
    """A file of the dataset is missing, cannot be read, or lacks a column."""

    code = "unreadable-dataset"


class InvalidDataset(Invalid):
    """A row of the dataset cannot be right."""

    code = "invalid-dataset"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its values by column, and file and line for whoever has to mend it."""

    path: Path
    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the value of a column, stripped."""
        return self.values[column]

    def number(self, column: str) -> int:
        """Return the whole number in a column.

        Raises:
            InvalidDataset: it is none.
        """
        if not _WHOLE_NUMBER.fullmatch(self[column]):
            raise self.refusal(f"{column} is {self[column]!r}, not a whole number")
        return int(self[column])

    def refusal(self, what: str) -> InvalidDataset:
        """Return a refusal that names file and line."""
        return InvalidDataset(f"{self.path}, line {self.line}: {what}.")


def read_table(path: Path, *, columns: Sequence[str], unique: Sequence[str]) -> Iterator[TableRow]:
    """Yield the rows of a file; no two may have the same values in the ``unique`` columns.

    Raises:
        UnreadableDataset: the file is missing, no CSV in UTF-8, or lacks a column.
        InvalidDataset: a row is shorter or longer than the header, or is there twice.
    """
    records = _list_records(path)
    _, header = next(records, (1, list[str]()))
    if missing := [column for column in columns if column not in header]:
        message = f"{path}, line 1: there is no column {', '.join(missing)}."
        raise UnreadableDataset(message)
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in records:
        row = TableRow(path, line, dict(zip(header, cells, strict=False)))
        if len(cells) != len(header):
            raise row.refusal(f"it has {len(cells)} values, and the header {len(header)} columns")
        key = tuple(row[column] for column in unique)
        if (first := seen.setdefault(key, line)) != line:
            raise row.refusal(f"{' '.join(key)} is on line {first} already")
        yield row


def _list_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each record ends, and its stripped values; blank lines left out."""
    reader = csv.reader(StringIO(_read_text(path), newline=""), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        message = f"{path}, line {reader.line_num}: {error}."
        raise UnreadableDataset(message) from None


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise UnreadableDataset(message) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path}, line {line}: the file is not in UTF-8."
        raise UnreadableDataset(message) from None
