"""Reading an upload: what its header says, and its rows, each with the line it stands on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import IO, BinaryIO, cast

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.kernel.api import in_steps
from matricula.service.folding import strip_key
from matricula.service.refusals import Invalid
from matricula.service.splitting import Records

_OTHER_SEPARATORS = {
    ";": gettext_lazy("its values seem to be separated by semicolons instead of commas"),
    "\t": gettext_lazy("its values seem to be separated by tabs instead of commas"),
    "|": gettext_lazy("its values seem to be separated by bars instead of commas"),
}


class UploadKind(StrEnum):
    """What the rows are about; the words are those of the kinds of jobs."""

    PROGRAM = "write_program_enrollments"
    COURSE = "write_course_run_enrollments"

    @property
    def of_the_lms(self) -> EnrollmentKind:
        """The same in the LMS's words."""
        if self is UploadKind.COURSE:
            return EnrollmentKind.COURSE_ENROLLMENTS
        return EnrollmentKind.PROGRAM_ENROLLMENTS


REQUIRED = {
    UploadKind.PROGRAM: ("student_key", "status"),
    UploadKind.COURSE: ("student_key", "course_id", "status"),
}
COURSE_STAFF = "course_staff"
OF_COURSES = {"course_id", "course_run", COURSE_STAFF}
"""Columns that a file of a program's students has no use for."""
CELLS = ("student_key", "status", "course_id", COURSE_STAFF)
"""What a row has besides its line, in order."""


class EmptyUpload(Invalid):
    """The file has not even a header. It is never taken for "nobody"."""

    code = "empty-upload"


class MissingColumns(Invalid):
    """The header lacks columns that the file must have."""

    code = "missing-columns"


class OtherSeparator(MissingColumns):
    """It lacks them because no commas stand between its values; programs need not know."""


class RepeatedColumns(Invalid):
    """The header names a column twice, and which one counts is not said."""

    code = "repeated-columns"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not sent to the LMS."""

    verdict: str
    reason: str


class UploadRow(msgspec.Struct, frozen=True, gc=False):
    """A row as it was written, trimmed; ``fault`` if the LMS need not be asked.

    There may be a million, each made several times over; classes of this kind are made fastest.
    """

    line: int
    student_key: str
    status: str
    course_id: str = ""
    course_staff: str = ""
    fault: Fault | None = None


class UploadFile:
    """An upload in UTF-8 that can be read as often as somebody asks for its rows."""

    def __init__(self, stream: IO[bytes], kind: UploadKind) -> None:
        """Read the header.

        Raises:
            EmptyUpload, MissingColumns, RepeatedColumns: it is not what it must be.
            UnreadableRoster: it cannot be read; also while the rows are.
        """
        self._stream = cast("BinaryIO", stream)
        self.kind = kind
        records = Records(self._stream)
        line, header = next(iter(records), (0, list[str]()))
        if not header:
            raise EmptyUpload(_("The file is empty. Nobody is taken out of a program by that."))
        names = [name.strip().casefold() for name in header]
        _require_columns(names, header, line, kind)
        wanted = [*REQUIRED[kind]]
        if kind is UploadKind.COURSE and settings.COURSE_STAFF and COURSE_STAFF in names:
            wanted.append(COURSE_STAFF)
        self.columns = wanted
        self.has_byte_order_mark = records.has_byte_order_mark
        self._width = len(header)
        places = [names.index(name) for name in CELLS if name in wanted]
        self._take: Callable[[list[str]], Sequence[str]] = itemgetter(*places)

    def list_rows(self) -> Iterator[UploadRow]:
        """Yield the rows, from the start of the file."""
        records = iter(Records(self._stream))
        next(records)
        for line, values in in_steps(records):
            yield self._make_row(line, values)

    def count_rows(self) -> int:
        """Read it to its end, and return how many rows it has."""
        return sum(1 for _ in Records(self._stream)) - 1

    def _make_row(self, line: int, values: list[str]) -> UploadRow:
        missing = self._width - len(values)
        if missing > 0:
            values += [""] * missing
        cells = [cell.strip() for cell in self._take(values)]
        row = UploadRow(line, *cells)  # type: ignore[arg-type]  # four at most: none is the fault
        if missing < 0 and any(map(str.strip, values[self._width :])):
            words = _(
                "the row has %(values)s values and the header %(names)s names; "
                "a value with a comma in it needs quotes"
            ) % {"values": len(values), "names": self._width}
            fault = Fault("invalid-row", words)
            return msgspec.structs.replace(row, fault=fault)
        if not strip_key(row.student_key):
            fault = Fault("invalid-key", _("the student key is blank"))
            return msgspec.structs.replace(row, fault=fault)
        return row


def guess_kind(stream: IO[bytes]) -> UploadKind:
    """Return what a file's columns say that its rows are about.

    Raises:
        UnreadableRoster: its header cannot be read.
    """
    _, header = next(iter(Records(cast("BinaryIO", stream))), (0, list[str]()))
    names = {name.strip().casefold() for name in header}
    return UploadKind.COURSE if names & OF_COURSES else UploadKind.PROGRAM


def _require_columns(
    names: Sequence[str], header: Sequence[str], line: int, kind: UploadKind
) -> None:
    if missing := [name for name in REQUIRED[kind] if name not in names]:
        said = {"line": line, "columns": ", ".join(missing), "hint": _hint(header)}
        if said["hint"]:
            words = ngettext(
                "Line %(line)s: the header has no column %(columns)s; %(hint)s.",
                "Line %(line)s: the header has no columns %(columns)s; %(hint)s.",
                len(missing),
            )
            raise OtherSeparator(words % said)
        words = ngettext(
            "Line %(line)s: the header has no column %(columns)s.",
            "Line %(line)s: the header has no columns %(columns)s.",
            len(missing),
        )
        raise MissingColumns(words % said)
    if repeated := [name for name in REQUIRED[kind] if names.count(name) > 1]:
        words = _("Line %(line)s: the header names %(names)s more than once.") % {
            "line": line,
            "names": ", ".join(repeated),
        }
        raise RepeatedColumns(words)


def _hint(header: Sequence[str]) -> str:
    """Say what seems to separate the values, if it is no comma."""
    text = ",".join(header)
    for separator, words in _OTHER_SEPARATORS.items():
        if separator in text and len(text.split(separator)) > len(header):
            return str(words)
    return ""
