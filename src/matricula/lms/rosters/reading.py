"""Reading a roster: its header, then its rows, a chunk at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.kernel.api import Invalid
from matricula.lms.program_enrollments.api import ProgramRow
from matricula.lms.rosters.opening import RosterFile
from matricula.lms.rosters.splitting import Records

CHUNK_ROWS = 10_000
CHUNK_BYTES = 8 << 20
"""A chunk ends here too, so that memory has a bound whatever stands in the extra columns."""

PROGRAM_COLUMNS = ("student_key", "status", "curriculum_uuid")
COURSE_COLUMNS = ("student_key", "course_id", "status", "course_staff", "curriculum_uuid")
OPTIONAL = {"course_staff", "curriculum_uuid"}

_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}

RosterRow = ProgramRow | CourseRow


class EmptyRoster(Invalid):
    """The file has no rows. It is never taken for "nobody": that must be said row by row."""

    code = "empty-roster"


class MissingColumns(Invalid):
    """The header lacks columns that a roster must have."""

    code = "missing-columns"


class RepeatedColumns(Invalid):
    """The header names a column of a roster twice, and which one counts is not said."""

    code = "repeated-columns"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a header says: its cells as written, and at which place each column stands."""

    line: int
    header: Sequence[str]
    names: Sequence[str]
    has_byte_order_mark: bool

    @property
    def is_course_roster(self) -> bool:
        """Whether the rows are about course runs."""
        return "course_id" in self.names

    @property
    def columns(self) -> Sequence[str]:
        """The columns of its rows, in the order in which a row is made of them."""
        return COURSE_COLUMNS if self.is_course_roster else PROGRAM_COLUMNS


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows and the cells they were made of, padded to the width of the header."""

    rows: Sequence[RosterRow]
    cells: Sequence[list[str]]


def read_roster(file: RosterFile) -> tuple[Layout, Iterator[Chunk]]:
    """Return what the header says, and the rows, from the start of the file.

    Raises:
        UnreadableRoster: somewhere the file cannot be read; also while the rows are.
        EmptyRoster: it has no header.
        MissingColumns, RepeatedColumns: the header is no roster's.
    """
    records = Records(file.stream)
    following = iter(records)
    line, header = next(following, (0, list[str]()))
    if not header:
        raise EmptyRoster("The file is empty.")
    layout = Layout(
        line, header, [name.strip().casefold() for name in header], records.has_byte_order_mark
    )
    _require_columns(layout)
    return layout, _list_chunks(records, following, layout)


def _require_columns(layout: Layout) -> None:
    names = layout.names
    if missing := [name for name in layout.columns if name not in {*names, *OPTIONAL}]:
        columns = f"column{'' if len(missing) == 1 else 's'} {', '.join(missing)}"
        hint = _hint(layout.header)
        raise MissingColumns(f"Line {layout.line}: the header has no {columns}{hint}.")
    if repeated := [name for name in layout.columns if names.count(name) > 1]:
        what = ", ".join(repeated)
        raise RepeatedColumns(f"Line {layout.line}: the header names {what} more than once.")


def _hint(header: Sequence[str]) -> str:
    text = ",".join(header)
    for separator, words in _OTHER_SEPARATORS.items():
        if separator in text and len(text.split(separator)) > len(header):
            return f"; its values seem to be separated by {words} instead of commas"
    return ""


def _list_chunks(
    records: Records, following: Iterator[tuple[int, list[str]]], layout: Layout
) -> Iterator[Chunk]:
    make_row = _row_maker(layout)
    width = len(layout.header)
    rows: list[RosterRow] = []
    cells: list[list[str]] = []
    limit = records.bytes_read + CHUNK_BYTES
    for line, values in following:
        if len(values) < width:
            values.extend([""] * (width - len(values)))
        rows.append(make_row(line, values))
        cells.append(values)
        if len(rows) == CHUNK_ROWS or records.bytes_read > limit:
            yield Chunk(rows, cells)
            rows, cells = [], []
            limit = records.bytes_read + CHUNK_BYTES
    if rows:
        yield Chunk(rows, cells)


def _row_maker(layout: Layout) -> Callable[[int, list[str]], RosterRow]:
    places = [
        layout.names.index(name) if name in layout.names else None for name in layout.columns
    ]
    make = CourseRow if layout.is_course_roster else ProgramRow
    return lambda line, values: make(
        line, *["" if place is None else values[place] for place in places]
    )
