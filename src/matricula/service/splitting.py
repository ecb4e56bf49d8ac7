"""Splitting a CSV file into records, and saying exactly where that is impossible.

Python's csv module reads ``"O"Brien"`` as another key without a word, or, told to be strict,
refuses the blank in ``"a" ,b``; it knows lines, not columns. A wrong key enrolls a wrong person,
so quotes are read here. Lines without any, nearly all, are split at their commas.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.service.escaping import unescape_cells
from matricula.service.refusals import Invalid

LINE_LIMIT = 65_536
"""Bytes of a line, its end included, and characters of a record that runs over several lines."""

HEAD = 4096
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
MAGIC = {
    b"PK\x03\x04": gettext_lazy("an Excel workbook or a zip archive"),
    b"\xd0\xcf\x11\xe0": gettext_lazy("an old Excel workbook"),
    b"%PDF": gettext_lazy("a PDF document"),
    b"\x1f\x8b": gettext_lazy("a gzip archive"),
}

_BLANKS = " \t,"
_OPENING = re.compile(r'[ \t]*"')
_CLOSING = re.compile(r"[ \t]*(,|\Z)")


class UnreadableRoster(Invalid):
    """The file is no CSV file in UTF-8. Says on which line, and at which byte or character."""

    code = "unreadable-roster"


class BinaryRoster(UnreadableRoster):
    """The file is not text."""

    code = "binary-roster"


class WrongEncoding(UnreadableRoster):
    """The file is text, but not in UTF-8."""

    code = "wrong-encoding"


class LineTooLong(UnreadableRoster):
    """A line is longer than any row can be."""

    code = "line-too-long"


class UnclosedQuote(UnreadableRoster):
    """A quoted value has no end."""

    code = "unclosed-quote"


class MalformedLine(UnreadableRoster):
    """A line cannot be split into values without guessing."""

    code = "malformed-line"


class Records:
    """The records of a file, each with the number of the line it starts on; blank ones left out.

    Raises ``UnreadableRoster`` while it is read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Read from the start of the stream."""
        stream.seek(0)
        self._head = stream.read(HEAD)
        stream.seek(0)
        self._stream = stream
        self._line = 0
        self.bytes_read = 0

    @property
    def has_byte_order_mark(self) -> bool:
        """Whether the file begins with the mark that makes Excel read it as UTF-8."""
        return self._head.startswith(BYTE_ORDER_MARK)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line numbers and values."""
        while (text := self._read_line()) is not None:
            if not text.strip(_BLANKS):
                continue
            line = self._line
            if '"' in text:
                values = self._split_quoted(text)
                if any(map(str.strip, values)):
                    yield line, unescape_cells(values)
            elif "\r" in text:
                self._refuse_carriage_return(text.index("\r"))
            elif "'" in text:
                yield line, unescape_cells(text.split(","))
            else:
                yield line, text.split(",")

    def _read_line(self) -> str | None:
        """Return the next line without its end, or None at the end of the file."""
        raw = self._stream.readline(LINE_LIMIT + 1)
        if not raw:
            return None
        self._line += 1
        self.bytes_read += len(raw)
        if len(raw) > LINE_LIMIT:
            self._refuse_length(raw)
        if self._line == 1:
            raw = raw.removeprefix(BYTE_ORDER_MARK)
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            self._refuse_bytes(raw, error.start)
        if "\0" in text:
            self._refuse_bytes(raw, raw.index(b"\0"))
        return text.removesuffix("\n").removesuffix("\r")

    def _split_quoted(self, text: str) -> list[str]:
        values: list[str] = []
        start = 0
        while True:
            opening = _OPENING.match(text, start)
            if opening is None:
                comma = text.find(",", start)
                end = len(text) if comma == -1 else comma
                values.append(text[start:end])
                self._require_no_carriage_return(text, start, end)
            else:
                value, text, end = self._take_quoted(text, opening.end())
                values.append(value)
            if end >= len(text):
                return values
            start = end + 1

    def _take_quoted(self, text: str, start: int) -> tuple[str, str, int]:
        """Return the value whose quote opens before ``start``, the text, and where the value ends.

        The text grows by the lines that the value runs over.
        """
        line, search = self._line, start
        while True:
            quote = text.find('"', search)
            if quote == -1:
                search = len(text) + 1
                text = self._run_on(text, opened_on=line, column=start)
            elif text.startswith('""', quote):
                search = quote + 2
            elif (closing := _CLOSING.match(text, quote + 1)) is not None:
                return text[start:quote].replace('""', '"'), text, closing.start(1)
            else:
                words = _(
                    "there is text after a closing quote; a quote inside quotes is written twice"
                )
                self._refuse(MalformedLine, self._column(text, quote + 1), words)

    def _run_on(self, text: str, *, opened_on: int, column: int) -> str:
        following = self._read_line()
        if following is None or len(text) + len(following) > LINE_LIMIT:
            words = _("Line %(line)s, column %(column)s: the quote that opens here is not closed.")
            if following is not None:
                words = _(
                    "Line %(line)s, column %(column)s: the quote that opens here is not closed "
                    "within %(limit)s characters."
                )
            said = {
                "line": opened_on,
                "column": self._column(text, column - 1),
                "limit": number_format(LINE_LIMIT, force_grouping=True),
            }
            raise UnclosedQuote(words % said)
        return f"{text}\n{following}"

    def _column(self, text: str, position: int) -> int:
        """Return the column, from 1, on the line that was read last."""
        return position - text.rfind("\n", 0, position)

    def _require_no_carriage_return(self, text: str, start: int, end: int) -> None:
        found = text.find("\r", start, end)
        if found != -1:
            self._refuse_carriage_return(self._column(text, found) - 1)

    def _refuse_carriage_return(self, position: int) -> NoReturn:
        self._refuse(
            MalformedLine,
            position + 1,
            _("there is a carriage return without a line feed; save it with ordinary line ends"),
        )

    def _refuse_length(self, raw: bytes) -> NoReturn:
        if b"\0" in raw or any(self._head.startswith(magic) for magic in MAGIC):
            self._refuse_bytes(raw, max(raw.find(b"\0"), 0))
        words = _("the line has more than %(limit)s bytes")
        if b"\r" in raw[:-2]:
            words = _(
                "the line has more than %(limit)s bytes; "
                "its lines may end in carriage returns alone"
            )
        limit = number_format(LINE_LIMIT, force_grouping=True)
        self._refuse(LineTooLong, LINE_LIMIT + 1, words % {"limit": limit})

    def _refuse_bytes(self, raw: bytes, position: int) -> NoReturn:
        column = position + 1
        if (
            self._head.startswith(UTF_16_MARKS)
            or self._head[:64].count(0) > len(self._head[:64]) // 3
        ):
            self._refuse(
                WrongEncoding, column, _("the file is in UTF-16; save it as CSV in UTF-8")
            )
        for magic, what in MAGIC.items():
            if self._head.startswith(magic):
                words = _("this is %(what)s; save it as CSV in UTF-8") % {"what": what}
                self._refuse(BinaryRoster, column, words)
        if b"\0" in self._head or b"\0" in raw:
            self._refuse(BinaryRoster, column, _("this is a binary file, not a CSV file"))
        words = _("byte %(byte)s is not UTF-8; save the file as CSV in UTF-8")
        self._refuse(WrongEncoding, column, words % {"byte": f"0x{raw[position]:02X}"})

    def _refuse(self, refusal: type[UnreadableRoster], column: int, words: str) -> NoReturn:
        said = {"line": self._line, "column": column, "words": words}
        raise refusal(_("Line %(line)s, column %(column)s: %(words)s.") % said)
