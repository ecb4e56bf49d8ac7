"""Reading a roster of any form: its header, then its rows, a chunk at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import Protocol

from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.kernel.api import Invalid, Judgement, Verdict, refuse
from matricula.lms.program_enrollments.api import ProgramRow
from matricula.lms.rosters.decoding import JsonRows, NdjsonRows, Record
from matricula.lms.rosters.opening import Form, RosterFile, RosterKind
from matricula.service.splitting import Records

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


class UnexpectedColumn(Invalid):
    """The header names course runs, and the file was sent as a roster of a program."""

    code = "unexpected-column"


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

    def make_rows(self, lines: Sequence[int], columns: Sequence[Sequence[str]]) -> list[RosterRow]:
        """Return the rows of these columns; those that the header lacks are blank."""
        named = dict(zip(self.names, columns, strict=True))
        picked = (named.get(name) or repeat("") for name in self.columns)
        make: Callable[..., RosterRow] = CourseRow if self.is_course_roster else ProgramRow
        return list(map(make, lines, *picked))


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows and the cells they were made of.

    ``misfits`` has the answers to rows with more values than the header has names, by position:
    whoever forgot the quotes around a comma has moved values into the wrong columns.
    """

    rows: list[RosterRow]
    cells: list[list[str]]
    misfits: dict[int, Judgement]

    @property
    def fitting_rows(self) -> Sequence[RosterRow]:
        """The rows whose values stand where they belong."""
        if not self.misfits:
            return self.rows
        return [row for position, row in enumerate(self.rows) if position not in self.misfits]


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster that can be read as often as somebody asks for its chunks."""

    name: str
    layout: Layout
    list_chunks: Callable[[], Iterator[Chunk]]


def as_roster(file: RosterFile | Roster) -> Roster:
    """Return a file as a roster; raises as ``read_roster`` does."""
    if isinstance(file, Roster):
        return file
    layout, _ = read_roster(file)
    return Roster(file.name, layout, lambda: read_roster(file)[1])


def read_roster(file: RosterFile) -> tuple[Layout, Iterator[Chunk]]:
    """Return what the header says, and the rows, from the start of the file.

    Raises:
        UnreadableRoster: somewhere the file cannot be read; also while the rows are.
        EmptyRoster: it has no header.
        MissingColumns, RepeatedColumns, UnexpectedColumn: the header is not that of its kind.
    """
    if file.form is Form.CSV:
        return _read_csv(file)
    columns = COURSE_COLUMNS if file.kind is RosterKind.COURSE else PROGRAM_COLUMNS
    layout = Layout(1, columns, columns, has_byte_order_mark=False)
    rows = (JsonRows if file.form is Form.JSON else NdjsonRows)(file.stream, columns)
    return layout, _list_chunks(rows, iter(rows), layout)


class _Source(Protocol):
    bytes_read: int


def _read_csv(file: RosterFile) -> tuple[Layout, Iterator[Chunk]]:
    records = Records(file.stream)
    following = iter(records)
    line, header = next(following, (0, list[str]()))
    if not header:
        raise EmptyRoster("The file is empty.")
    layout = Layout(
        line, header, [name.strip().casefold() for name in header], records.has_byte_order_mark
    )
    _require_columns(layout, file.kind)
    return layout, _list_chunks(records, _list_records(following, len(header)), layout)


def _require_columns(layout: Layout, kind: RosterKind | None) -> None:
    names = layout.names
    if kind is RosterKind.PROGRAM and layout.is_course_roster:
        message = f"Line {layout.line}: the header has course_id; this is a course roster."
        raise UnexpectedColumn(message)
    wanted = COURSE_COLUMNS if kind is RosterKind.COURSE else layout.columns
    if missing := [name for name in wanted if name not in {*names, *OPTIONAL}]:
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


def _list_chunks(source: _Source, records: Iterator[Record], layout: Layout) -> Iterator[Chunk]:
    lines: list[int] = []
    cells: list[list[str]] = []
    misfits: dict[int, Judgement] = {}
    limit = source.bytes_read + CHUNK_BYTES
    for line, values, misfit in records:
        if misfit is not None:
            misfits[len(lines)] = misfit
        lines.append(line)
        cells.append(values)
        if len(lines) == CHUNK_ROWS or source.bytes_read > limit:
            yield _make_chunk(lines, cells, misfits, layout)
            lines, cells, misfits = [], [], {}
            limit = source.bytes_read + CHUNK_BYTES
    if lines:
        yield _make_chunk(lines, cells, misfits, layout)


def _make_chunk(
    lines: list[int], cells: list[list[str]], misfits: dict[int, Judgement], layout: Layout
) -> Chunk:
    columns = [list(map(itemgetter(place), cells)) for place in range(len(layout.names))]
    return Chunk(layout.make_rows(lines, columns), cells, misfits)


def _list_records(following: Iterator[tuple[int, list[str]]], width: int) -> Iterator[Record]:
    for line, values in following:
        misfit = None
        if len(values) < width:
            values.extend([""] * (width - len(values)))
        elif len(values) > width and any(map(str.strip, values[width:])):
            misfit = _refuse_misfit(line, values, width)
        yield line, values, misfit


def _refuse_misfit(line: int, values: list[str], width: int) -> Judgement:
    reason = (
        f"the row has {len(values)} values and the header {width} names; "
        "a value with a comma in it needs quotes"
    )
    return refuse(line, Verdict.INVALID_ROW, reason)
