"""Composing the roster that the LMS is sent: what is asked of each row, and nothing else.

Other columns of a school's file stay here. Each row stands on the line that it has in the file, so
that whatever the LMS says of a line is true of the file as well.
"""

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import IO, TextIO

from matricula.registrar.uploads.reading import UploadFile, UploadRow
from matricula.service.escaping import write_cells

BATCH = 5_000
LINE_END = "\r\n"


@contextmanager
def composing_roster(file: UploadFile) -> Iterator[IO[bytes] | None]:
    """Give the roster of an upload, at its start; None if no row is to be sent.

    The same file always gives the same bytes.
    """
    with tempfile.TemporaryFile(prefix="roster-") as roster:
        text = io.TextIOWrapper(roster, encoding="utf-8", newline="", write_through=False)
        rows = _write(file, text)
        text.flush()
        text.detach()
        roster.seek(0)
        yield roster if rows else None


def _write(file: UploadFile, to: TextIO) -> int:
    write_cells([file.columns], to)
    take: Callable[[UploadRow], Sequence[str]] = attrgetter(*file.columns)
    batch: list[Sequence[str]] = []
    line, rows = 2, 0
    for row in file.list_rows():
        if row.fault is not None:
            continue
        if row.line > line or len(batch) == BATCH:
            write_cells(batch, to)
            batch = []
            to.write(LINE_END * (row.line - line))
            line = row.line
        cells = take(row)
        batch.append(cells)
        line += 1 + "".join(cells).count("\n")
        rows += 1
    write_cells(batch, to)
    return rows
