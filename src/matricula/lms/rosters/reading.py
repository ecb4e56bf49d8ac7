"""Reading a roster: its header, then its rows, a chunk at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.kernel.api import Invalid, Judgement, Verdict, refuse
from matricula.lms.program_enrollments.api import ProgramRow
from matricula.lms.rosters.opening import RosterFile
from matricula.lms.rosters.splitting import Records

CHUNK_ROWS = 10_000
CHUNK_BYTES = 8 << 20
"""A chunk ends here too, so that memory has a bound whatever stands in the extra columns."""

PROGRAM_COLUMNS = ("student_key", "status", "curriculum_uuid")
COURSE_COLUMNS = ("student_key", "course_id", "status", "course_staff", "curriculum_uuid")
OPTIONAL = {"course_staff", "curriculum_uuid"}

ABSENT = -1
"""The place of a column that the header does not have: a blank after the row's own values."""

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
    chunk = Chunk([], [], {})
    limit = records.bytes_read + CHUNK_BYTES
    for line, values in following:
        if len(values) < width:
            values.extend([""] * (width - len(values)))
        elif any(map(str.strip, values[width:])):
            chunk.misfits[len(chunk.rows)] = _refuse_misfit(line, values, width)
        chunk.rows.append(make_row(line, values))
        chunk.cells.append(values)
        if len(chunk.rows) == CHUNK_ROWS or records.bytes_read > limit:
            yield chunk
            chunk = Chunk([], [], {})
            limit = records.bytes_read + CHUNK_BYTES
    if chunk.rows:
        yield chunk


def _refuse_misfit(line: int, values: list[str], width: int) -> Judgement:
    reason = (
        f"the row has {len(values)} values and the header {width} names; "
        "a value with a comma in it needs quotes"
    )
    return refuse(line, Verdict.INVALID_ROW, reason)


def _row_maker(layout: Layout) -> Callable[[int, list[str]], RosterRow]:
    names = list(layout.names)
    places = [names.index(name) if name in names else ABSENT for name in layout.columns]
    pick = itemgetter(*places)
    make: Callable[..., RosterRow] = CourseRow if layout.is_course_roster else ProgramRow
    return lambda line, values: make(line, *pick([*values, ""]))
