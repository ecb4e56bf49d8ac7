"""Keeping the rows of a job with their answers, so that pages of them can be had at once.

A file would have to be read from its start for each page. Rows are packed, a thousand to a chunk:
to keep them costs little beside sending them, and one is found by what is said of it or of whom
it is without unpacking the others. They are names of students, and are deleted as files are.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from operator import attrgetter

import msgspec
from django.conf import settings
from django.db import connection

from matricula.registrar.copies.api import MissingRow
from matricula.registrar.jobs.api import Job, while_unended
from matricula.registrar.kernel.api import in_steps
from matricula.registrar.uploads.models import Plan, RowChunk
from matricula.service.folding import fold

SIZE = 1_000
AT_ONCE, TOGETHER = 8, 10
"""Chunks that are read, and written, together."""
PLACE = ["job", "is_missing", "first_line"]
CONTENT = ["last_line", "words", "keys", "rows"]
"""Where a chunk stands, and what it says."""
MARK = 6
"""Bytes of a student key's mark; one that is another's by chance is seen when it is unpacked."""
MISSING = "missing"
"""What is said of those whom the file does not name; nothing is done with them."""

# Each chunk that is found has a row to be shown, but for marks that are alike by chance.
FIND_CHUNKS = """
SELECT last_line, rows FROM upload_rows
WHERE job_id = %(job_id)s AND is_missing = %(is_missing)s AND last_line > %(after)s
  AND (%(word)s = '' OR words ? %(word)s)
  AND (%(mark)s = ''::bytea OR position(%(mark)s::bytea IN keys) > 0)
ORDER BY first_line
LIMIT %(chunks)s
"""


class KeptRow(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A row as it was sent, and what became of it, or would.

    ``before`` and ``after`` are told by plans alone.
    """

    line: int
    student_key: str
    course: str
    course_staff: str = ""
    asked: str
    action: str
    verdict: str
    reason: str
    before: str = ""
    after: str = ""

    @property
    def words(self) -> tuple[str, str]:
        """What it is found by: its action, alone and with its verdict."""
        return self.action, f"{self.action}:{self.verdict}"


_SAY = attrgetter("action", "verdict")
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(list[KeptRow]).decode


def keeping_rows(job: Job, rows: Iterable[KeptRow]) -> Iterator[KeptRow]:
    """Yield the rows as they come, and keep them instead of those that the job had before.

    Whoever begins again keeps the same rows at the same lines. Of two workers each writes over
    what the other has kept, and what is left of before goes at the end: so whichever ends the job,
    and wherever the other is stopped, all rows are there.

    Raises:
        JobLeft: the job is ended.
    """
    taken, begun = iter(rows), list[int]()
    while some := list(islice(taken, SIZE * TOGETHER)):
        chunks = [some[start : start + SIZE] for start in range(0, len(some), SIZE)]
        packed = [_pack(job, chunk) for chunk in chunks]
        with while_unended(job):
            RowChunk.objects.bulk_create(
                packed, update_conflicts=True, unique_fields=PLACE, update_fields=CONTENT
            )
        begun += [chunk.first_line for chunk in packed]
        yield from some
    with while_unended(job):
        kept = RowChunk.objects.filter(job=job, is_missing=False)
        kept.exclude(first_line__in=begun).delete()


def keep_missing(job: Job, missing: Iterable[MissingRow]) -> None:
    """Keep who is not in a job's file, instead of those that the job had before.

    All or none: two workers may have asked two copies.

    Raises:
        JobLeft: the job is ended.
    """
    rows = (_tell_missing(number, row) for number, row in enumerate(in_steps(missing), start=1))
    with while_unended(job):
        RowChunk.objects.filter(job=job, is_missing=True).delete()
        while chunk := list(islice(rows, SIZE)):
            RowChunk.objects.bulk_create([_pack(job, chunk, is_missing=True)])


def list_kept_rows(
    *, job: Job, word: str = "", student_key: str = "", after: int = 0, limit: int
) -> list[KeptRow]:
    """Return so many rows behind a line: of a word, of a student, or any of the file."""
    return list(islice(_find(job, word, fold(student_key), after), limit))


def iterate_kept_rows(*, job: Job, word: str = "") -> Iterator[KeptRow]:
    """Yield rows by line, all of the file or those of a word, a few chunks at a time."""
    return _find(job, word, "", 0)


def delete_expired_rows(*, at: datetime) -> int:
    """Delete what is kept of jobs for longer than files are, and return of how many chunks."""
    before = at - timedelta(days=settings.FILE_DAYS)
    Plan.objects.filter(job__created_at__lt=before).exclude(moved=[]).update(moved=[])
    return RowChunk.objects.filter(job__created_at__lt=before).delete()[0]


def _tell_missing(number: int, row: MissingRow) -> KeptRow:
    return KeptRow(
        line=number,
        student_key=row.student_key,
        course=row.course_run,
        asked="",
        action=MISSING,
        verdict=row.status,
        reason="",
        before=row.status,
    )


def _pack(job: Job, rows: list[KeptRow], *, is_missing: bool = False) -> RowChunk:
    return RowChunk(
        job=job,
        is_missing=is_missing,
        first_line=rows[0].line,
        last_line=rows[-1].line,
        words=_count_words(rows),
        keys=b"".join(_mark(fold(row.student_key)) for row in rows),
        rows=zlib.compress(_ENCODE(rows), 1),
    )


def _count_words(rows: list[KeptRow]) -> Counter[str]:
    said = Counter(map(_SAY, rows))
    words = Counter[str]()
    for (action, verdict), count in said.items():
        words.update({action: count, f"{action}:{verdict}": count})
    return words


def _find(job: Job, word: str, folded: str, after: int) -> Iterator[KeptRow]:
    while chunks := _read_chunks(job, word, folded, after):
        for _, packed in chunks:
            for row in _DECODE(zlib.decompress(packed)):
                is_told = not word or word in row.words
                if row.line > after and is_told and folded in {"", fold(row.student_key)}:
                    yield row
        after = chunks[-1][0]


def _read_chunks(job: Job, word: str, folded: str, after: int) -> list[tuple[int, bytes]]:
    params: dict[str, str | int | bytes] = {
        "job_id": job.pk,
        "after": after,
        "is_missing": word.partition(":")[0] == MISSING,
        "word": word,
        "mark": _mark(folded) if folded else b"",
        "chunks": AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND_CHUNKS, params)
        found: list[tuple[int, bytes]] = cursor.fetchall()
    return found


def _mark(folded: str) -> bytes:
    return blake2b(folded.encode(), digest_size=MARK).digest()
