"""What a program holds, proven by a digest, and fetched where a copy of it differs."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from typing import IO, Annotated

import msgspec
from django.http import FileResponse
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_program_lead
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView
from matricula.lms.rosters.api import (
    ROW_COLUMNS,
    Bucket,
    RosterKind,
    StoredRow,
    digest_program,
    list_bucket_rows,
)

NDJSON = "application/x-ndjson"
BUCKETS = 256
FLAGS = {"account_exists", "course_staff"}

_encoder = msgspec.json.Encoder()


class DigestKind(StrEnum):
    """Which of a program's enrollments."""

    PROGRAM_ENROLLMENTS = "program_enrollments"
    COURSE_ENROLLMENTS = "course_enrollments"

    @property
    def roster_kind(self) -> RosterKind:
        """The roster that has them as its rows."""
        is_program = self is DigestKind.PROGRAM_ENROLLMENTS
        return RosterKind.PROGRAM if is_program else RosterKind.COURSE


class DigestQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of a program's enrollments."""

    kind: Annotated[
        DigestKind, msgspec.Meta(description="Those of the program, or those of its courses.")
    ]


class DigestRowsQuery(DigestQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows."""

    bucket: Annotated[
        list[Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{2}$")]],
        msgspec.Meta(min_length=1, max_length=BUCKETS, description="May be repeated."),
    ]


class Digest(msgspec.Struct, frozen=True):
    """The digest over the rows of all buckets; a bucket without rows is left out."""

    program: str
    kind: DigestKind
    digest: str
    rows: int
    buckets: Sequence[Bucket]


EXAMPLE = {
    "program": "hydrology",
    "kind": "program_enrollments",
    "digest": "2d7f1d4b4c1e4d0e1f5a7d1a5f3e0c9b8a7f6e5d4c3b2a190817161514131211",
    "rows": 1,
    "buckets": [
        {
            "bucket": "1f",
            "digest": "9b74c9897bac770ffc029102a200c5de5a1f0e8d7c6b5a493827161504f3e2d1",
            "rows": 1,
        }
    ],
}
EXAMPLE_ROW = (
    '{"bucket":"1f","curriculum":"f2b8f5c4-61c3-4f65-9d31-5f0c40b1a0aa",'
    '"status":"enrolled","account_exists":false,"student_key":"rv-17"}'
)
ROW = {"type": "string", "examples": [EXAMPLE_ROW]}


class DigestView(EnrollmentView):
    """What proves a copy of a program's enrollments."""

    @describe(query=DigestQuery, answers={200: Digest}, refuses=[404], example=EXAMPLE)
    def get(self, request: Request, key: str) -> Response:
        """Compute the digest of a program's enrollments.

        A bucket's name is the first byte of SHA-256 of the folded student key. A row is a line of
        its fields, those of `digest/rows` but the bucket, with a line break between any two. The
        digest of a bucket is SHA-256 of its rows' SHA-256, sorted; that of the program is SHA-256
        of a line for each bucket: its name, a space, its digest. All are written in hexadecimal
        digits, lines in UTF-8. While nothing has changed it costs almost nothing.
        """
        del request
        kind = self.read_query(DigestQuery).kind
        program = find_program_lead(key, by=self.by)
        found = digest_program(program=program, kind=kind.roster_kind, by=self.by)
        return Response(Digest(program.key, kind, found.digest, found.rows, found.buckets))


class DigestRowsView(EnrollmentView):
    """The rows over which a digest is."""

    @describe(query=DigestRowsQuery, answers={200: {NDJSON: ROW}}, refuses=[404])
    def get(self, request: Request, key: str) -> FileResponse:
        """Fetch the rows of buckets, a line each, in no order.

        Written to their end before the first byte is sent.
        """
        del request
        query = self.read_query(DigestRowsQuery)
        program, kind = find_program_lead(key, by=self.by), query.kind.roster_kind
        wanted = {int(name, 16) for name in query.bucket}
        with ExitStack() as unless_sent:
            copy = unless_sent.enter_context(tempfile.TemporaryFile(prefix="rows-"))
            writer = _RowWriter(copy, kind)
            list_bucket_rows(program=program, kind=kind, buckets=wanted, to=writer.add, by=self.by)
            copy.seek(0)
            unless_sent.pop_all()  # now the answer closes the file
            return FileResponse(copy, content_type=NDJSON)


class _RowWriter:
    """Writes rows of a kind, a line each."""

    def __init__(self, to: IO[bytes], kind: RosterKind) -> None:
        self._to = to
        self._columns = ROW_COLUMNS[kind]

    def add(self, rows: Sequence[StoredRow]) -> None:
        self._to.write(_encoder.encode_lines([self._shape(row) for row in rows]))

    def _shape(self, row: StoredRow) -> dict[str, str | bool]:
        shaped: dict[str, str | bool] = {"bucket": row.bucket}
        for name, cell in zip(self._columns, row.cells, strict=True):
            shaped[name] = cell == "true" if name in FLAGS else cell
        return shaped
