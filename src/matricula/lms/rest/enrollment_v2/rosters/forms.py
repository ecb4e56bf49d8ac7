"""The forms of rosters: which one is sent, which one is wanted, and how answers look in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import IO

import msgspec
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from matricula.lms.kernel.api import Action
from matricula.lms.rest.enrollment_v2.rosters.shapes import RosterAnswer, shape_row
from matricula.lms.rosters.api import (
    Answer,
    Form,
    Layout,
    ResultFile,
    export_columns,
)
from matricula.service.escaping import write_cells
from matricula.service.parsing import require_utf_8

CSV = "text/csv"
NDJSON = "application/x-ndjson"
JSON = "application/json"
FORMS: Mapping[str, Form] = {
    JSON: Form.JSON,
    NDJSON: Form.NDJSON,
    "application/ndjson": Form.NDJSON,
    "application/jsonl": Form.NDJSON,
    CSV: Form.CSV,
}
CONTENT_TYPES = {Form.CSV: f"{CSV}; charset=utf-8", Form.JSON: JSON, Form.NDJSON: NDJSON}
GZIP = {"gzip", "x-gzip"}

_encoder = msgspec.json.Encoder()

AnswerChunks = Iterable[Sequence[Answer]]


class UnknownForm(APIException):
    """Nobody here reads that."""

    status_code = 415
    default_code = "unsupported-media-type"


def find_form(request: Request) -> Form:
    """Return the form in which the body is.

    Raises:
        UnknownForm: it is none of those that are read.
        UnsupportedCharset: it is not in UTF-8.
    """
    given = request.META.get("CONTENT_TYPE") or ""
    form = FORMS.get(given.partition(";")[0].strip().lower())
    if form is None:
        raise UnknownForm(f"Send a roster as one of {', '.join(FORMS)}.")
    require_utf_8(given)
    return form


def is_packed(request: Request) -> bool:
    """Tell whether the body comes as gzip.

    Raises:
        UnknownForm: it is packed in another way.
    """
    given = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if given not in {"", "identity", *GZIP}:
        raise UnknownForm("A body may be packed with gzip, and with nothing else.")
    return given in GZIP


def choose_form(request: Request) -> Form:
    """Return the form in which the answer is wanted; JSON, if none is that we know."""
    chosen = request._request.get_preferred_type(list(FORMS))  # noqa: SLF001  REST framework has no such question
    return FORMS[chosen] if chosen else Form.JSON


def write_answers(
    form: Form,
    chunks: AnswerChunks,
    *,
    head: RosterAnswer,
    layout: Layout,
    only_refused: bool = False,
) -> Iterator[bytes]:
    """Yield the answers to a roster in a form, piece by piece; ``head`` is for JSON alone."""
    if only_refused:
        chunks = map(_keep_refused, chunks)
    if form is Form.JSON:
        yield from _write_json(chunks, head)
    elif form is Form.NDJSON:
        for chunk in chunks:
            yield _encoder.encode_lines(list(map(shape_row, chunk)))
    else:
        yield from _write_csv(chunks, ResultFile(layout))


def write_head(head: RosterAnswer) -> bytes:
    """Return what became of a roster in JSON, without its rows."""
    return _encoder.encode(head)


def list_headers(head: RosterAnswer) -> dict[str, str]:
    """Return what a form without a head says in headers."""
    counts = ", ".join(f"{action}={number}" for action, number in head.counts.items())
    return {"X-Roster-Applied": str(head.applied).lower(), "X-Roster-Counts": counts}


class ExportWriter:
    """Writes an export in a form: its start, its rows so many at a time, its end."""

    def __init__(self, form: Form, to: IO[bytes], *, courses: bool) -> None:
        """Write the start."""
        self._form = form
        self._to = to
        self._columns = export_columns(courses=courses)
        self._is_begun = False
        if form is Form.JSON:
            to.write(b'{"rows":[')
        elif form is Form.CSV:
            self._write_csv([list(self._columns)])

    def add(self, rows: list[list[str]]) -> None:
        """Write rows."""
        if self._form is Form.CSV:
            self._write_csv(rows)
            return
        shaped = [self._shape(row) for row in rows]
        if self._form is Form.NDJSON:
            self._to.write(_encoder.encode_lines(shaped))
        elif shaped:
            self._to.write(b",\n" if self._is_begun else b"")
            self._to.write(_encoder.encode(shaped)[1:-1])
            self._is_begun = True

    def end(self) -> None:
        """Write the end."""
        if self._form is Form.JSON:
            self._to.write(b"]}")

    def _shape(self, row: list[str]) -> dict[str, str | bool]:
        shaped: dict[str, str | bool] = dict(zip(self._columns, row, strict=True))
        if "course_staff" in shaped:
            shaped["course_staff"] = shaped["course_staff"] == "true"
        return shaped

    def _write_csv(self, rows: list[list[str]]) -> None:
        text = StringIO(newline="")
        write_cells(rows, text)
        self._to.write(text.getvalue().encode())


def _keep_refused(chunk: Sequence[Answer]) -> list[Answer]:
    return [each for each in chunk if each.judgement.action is Action.REFUSE]


def _write_json(chunks: AnswerChunks, head: RosterAnswer) -> Iterator[bytes]:
    before = _encoder.encode(head).removesuffix(b"}") + b',"rows":['
    for chunk in chunks:
        if chunk:
            yield before + _encoder.encode(list(map(shape_row, chunk)))[1:-1]
            before = b",\n"
    yield b"]}" if before == b",\n" else before + b"]}"


def _write_csv(chunks: AnswerChunks, result: ResultFile) -> Iterator[bytes]:
    text = StringIO(newline="")
    result.write_start(text)
    for chunk in chunks:
        result.write(chunk, text)
        yield text.getvalue().encode()
        text = StringIO(newline="")
    yield text.getvalue().encode()
