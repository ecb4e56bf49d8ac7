"""Decoding rows of JSON, one after the other: a list of objects, or one object on each line.

Of a list no more than a piece is in memory. What can be said of one row is a verdict of that row:
a field that no roster has, one that is there twice, a value that is no text. Only what leaves
unclear where the rows are makes the whole unreadable.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from json import JSONDecodeError, JSONDecoder
from typing import Any, BinaryIO, NoReturn

from matricula.lms.kernel.api import Judgement, Verdict, quote, refuse
from matricula.service.splitting import (
    BYTE_ORDER_MARK,
    LINE_LIMIT,
    UTF_16_MARKS,
    LineTooLong,
    MalformedLine,
    UnreadableRoster,
    WrongEncoding,
)

BLOCK = 1 << 18

Record = tuple[int, list[str], Judgement | None]
"""Line, cells, and the answer to a row that cannot be read."""

_HALF = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\r\n]*")
_YES_OR_NO = "course_staff"


class _Fraction(str):
    """A number that is not whole: no key is one."""

    __slots__ = ()


class _RepeatedField(str):
    """Stands for an object that has a field of this name twice."""

    __slots__ = ()


def _make_object(fields: list[tuple[str, Any]]) -> dict[str, Any] | _RepeatedField:
    made = dict(fields)
    if len(made) == len(fields):
        return made
    names = [name for name, _ in fields]
    return _RepeatedField(next(name for name in names if names.count(name) > 1))


# Whole numbers stay the text that they are: 12345 is a key like any other, however long.
_decoder = JSONDecoder(
    object_pairs_hook=_make_object,
    parse_int=str,
    parse_float=_Fraction,
    parse_constant=_Fraction,
)


class JsonRows:
    """The objects of a JSON list, or of an object's list ``rows``; a line is an object's number.

    Raises ``UnreadableRoster`` while it is read.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        """Read from the start of the stream."""
        stream.seek(0)
        self._stream = stream
        self._columns = columns
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._at = 0
        self._lines = 1
        self._column = 1
        self._is_whole = False
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Record]:
        """Yield the rows."""
        self._read_mark()
        is_wrapped = self._skip_wrapping()
        number = 0
        while number or self._peek() != "]":
            number += 1
            yield (number, *lay_out(number, self._take(), self._columns))
            if self._peek() != ",":
                break
            self._at += 1
        self._expect("]", "a comma or the end of the list")
        if is_wrapped:
            self._expect("}", "the end of the object, which has rows and nothing else,")
        if self._peek():
            self._refuse("there is more after the end")

    def _read_mark(self) -> None:
        head = self._stream.read(3)
        if head.startswith(UTF_16_MARKS) or head.count(0) > 0:
            raise WrongEncoding("Line 1, column 1: the body is in UTF-16; send JSON in UTF-8.")
        if head != BYTE_ORDER_MARK:
            self._stream.seek(0)

    def _skip_wrapping(self) -> bool:
        """Move into the list, and tell whether it stands in an object."""
        is_wrapped = self._peek() == "{"
        if is_wrapped:
            self._at += 1
            if self._peek() != '"' or self._take() != "rows":
                self._refuse("the object has rows, a list, and nothing else")
            self._expect(":", "a colon")
        self._expect("[", "a list of rows, or an object with rows,")
        return is_wrapped

    def _take(self) -> Any:  # noqa: ANN401  whatever stands there
        """Return the value that begins here, and move behind it."""
        self._peek()
        while True:
            is_cut = not self._is_whole and len(self._text) - self._at <= LINE_LIMIT
            try:
                value, end = _decoder.raw_decode(self._text, self._at)
            except RecursionError:
                self._refuse("it is nested too deep")
            except JSONDecodeError as error:
                if not is_cut:
                    self._at = error.pos
                    self._refuse(_in_words(error) if self._peek() else "it ends too early")
            else:
                if end < len(self._text) or self._is_whole:
                    return self._move(value, end)
            self._read_on()

    def _move(self, value: object, end: int) -> object:
        if end - self._at > LINE_LIMIT:
            self._refuse(f"the row has over {LINE_LIMIT:,} characters", LineTooLong)
        self._at = end
        return value

    def _peek(self) -> str:
        """Move over white space, and return the next character; nothing at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._is_whole:
                return ""
            self._read_on()

    def _expect(self, character: str, what: str) -> None:
        if self._peek() != character:
            self._refuse(f"{what} should be here")
        self._at += 1

    def _read_on(self) -> None:
        """Drop what is behind us, and read a piece more."""
        self._lines, self._column = self._place(self._at)
        block = self._stream.read(BLOCK)
        self.bytes_read += len(block)
        self._is_whole = not block
        kept = self._text[self._at :]
        self._at = 0
        try:
            self._text = kept + self._decode(block, final=self._is_whole)
        except UnicodeDecodeError as error:
            self._text = kept + error.object[: error.start].decode()
            self._at = len(self._text)
            byte = error.object[error.start]
            self._refuse(f"byte 0x{byte:02X} is not UTF-8; send JSON in UTF-8", WrongEncoding)

    def _place(self, position: int) -> tuple[int, int]:
        """Return line and column, from 1, of a position in what is in memory."""
        lines = self._text.count("\n", 0, position)
        if not lines:
            return self._lines, self._column + position
        return self._lines + lines, position - self._text.rfind("\n", 0, position)

    def _refuse(self, words: str, refusal: type[UnreadableRoster] = MalformedLine) -> NoReturn:
        line, column = self._place(self._at)
        raise refusal(f"Line {line}, column {column}: {words}.")


class NdjsonRows:
    """One object on each line; blank lines are left out.

    Raises ``UnreadableRoster`` while it is read.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        """Read from the start of the stream."""
        stream.seek(0)
        self._stream = stream
        self._columns = columns
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Record]:
        """Yield the rows."""
        line = 0
        while raw := self._stream.readline(LINE_LIMIT + 1):
            line += 1
            self.bytes_read += len(raw)
            text = _decode_line(raw, line).strip()
            if text:
                yield (line, *self._read(line, text))

    def _read(self, line: int, text: str) -> tuple[list[str], Judgement | None]:
        try:
            return lay_out(line, _decoder.decode(text), self._columns)
        except JSONDecodeError as error:
            words = f"the line is no JSON: {_in_words(error)}, at column {error.pos + 1}"
        except RecursionError:
            words = "the line is nested too deep"
        return [""] * len(self._columns), refuse(line, Verdict.INVALID_ROW, words)


def lay_out(line: int, item: object, columns: Sequence[str]) -> tuple[list[str], Judgement | None]:
    """Return what stands in the columns of a row, and its answer if it can be none."""
    if type(item) is not dict:
        return [""] * len(columns), refuse(line, Verdict.INVALID_ROW, _what_it_is(item))
    cells, fault = [], ""
    for column in columns:
        value = item.get(column)
        if value.__class__ is not str:
            value, wrong = _as_text(value, column)
            fault = fault or wrong
        elif not value.isascii() and (half := _HALF.search(value)):
            fault = fault or f"{column} has half a character (U+{ord(half[0]):04X})"
            value = _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
        cells.append(value)
    if len(item) > len(columns) or any(name not in columns for name in item):
        unknown = next(name for name in item if name not in columns)
        fault = f"there is no field {quote(unknown)}; there are {', '.join(columns)}"
    return cells, refuse(line, Verdict.INVALID_ROW, fault) if fault else None


def _as_text(value: object, column: str) -> tuple[str, str]:
    """Return a value that is no text as one, and what is wrong with it."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        text = "true" if value else "false"
        return text, "" if column == _YES_OR_NO else f"{column} is {text}, and no text"
    if isinstance(value, _Fraction):
        return str(value), f"{column} is the number {quote(value)}; only a whole one can be a text"
    return "", f"{column} is {'a list' if isinstance(value, list) else 'an object'}, and no text"


def _what_it_is(item: object) -> str:
    if isinstance(item, _RepeatedField):
        return f"the field {quote(item)} is there more than once"
    kinds = {list: "a list", bool: "true or false", str: "a text or a number"}
    what = kinds.get(type(item), "a number" if isinstance(item, _Fraction) else "null")
    return f"the row is {what}, and no object"


def _decode_line(raw: bytes, line: int) -> str:
    if len(raw) > LINE_LIMIT:
        raise LineTooLong(f"Line {line}: it has over {LINE_LIMIT:,} bytes.")
    if line == 1:
        if raw.startswith(UTF_16_MARKS):
            raise WrongEncoding("Line 1, column 1: the body is in UTF-16; send JSON in UTF-8.")
        raw = raw.removeprefix(BYTE_ORDER_MARK)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        words = f"byte 0x{raw[error.start]:02X} is not UTF-8; send JSON in UTF-8"
        raise WrongEncoding(f"Line {line}, column {error.start + 1}: {words}.") from None


def _in_words(error: JSONDecodeError) -> str:
    """Return what Python says of it, as the part of a sentence."""
    return error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
