"""Answering: a line of the result file for each row of the upload, whatever became of it.

The columns that edX's Registrar has come first, in its order (contract 2.9): old clients read
those. There ``status`` is the verdict; ``asked`` is the status that the row asked for.
"""

import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from matricula.lms_client.api import LmsBroken, RowAnswer
from matricula.registrar.uploads.reading import COURSE_STAFF, UploadFile, UploadKind, UploadRow
from matricula.service.escaping import write_cells

BATCH = 5_000
BYTE_ORDER_MARK = "\ufeff"
OF_EDX = {
    UploadKind.PROGRAM: ["student_key", "status"],
    UploadKind.COURSE: ["course_id", "student_key", "status"],
}
OURS = ["line", "asked", "action", "reason"]
REFUSE = "refuse"
INTERNAL_ERROR = "internal-error"
"""edX's word for a row that has no answer."""

Answers = Iterator[tuple[UploadRow, RowAnswer]]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What is said of rows that the LMS has not answered."""

    action: str
    reason: str


SKIPPED = Unanswered("skip", "The LMS ended before it came to this row; it was not written.")
UNKNOWN = Unanswered(
    "unknown", "The LMS could not be asked what became of this row. It may have been written."
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows had which answer, by action."""

    counts: dict[str, int]

    @property
    def refused(self) -> int:
        """Rows that the LMS, or we, have refused."""
        return self.counts.get(REFUSE, 0)

    @property
    def unanswered(self) -> int:
        """Rows that nobody has come to, or of which it is not known."""
        return sum(self.counts.get(each.action, 0) for each in (SKIPPED, UNKNOWN))

    @property
    def done(self) -> int:
        """Rows that are as they were asked for."""
        return sum(self.counts.values()) - self.refused - self.unanswered

    @property
    def text(self) -> str:
        """The same as edX's Registrar says it: the status that a request would have had."""
        is_all = self.done == sum(self.counts.values())
        if self.done:
            return "200" if is_all else "207"
        return "204" if is_all else "422"

    @property
    def words(self) -> str:
        """The same in words."""
        words = f"{self.done:,} done, {self.refused:,} refused"
        return f"{words}, {self.unanswered:,} not answered" if self.unanswered else words


def pair_answers(
    rows: Iterator[UploadRow], answers: Iterator[RowAnswer], *, otherwise: Unanswered | None = None
) -> Answers:
    """Yield each row with its answer: the LMS's, or ours to a row that was not sent.

    ``otherwise`` is for rows without one; unless it is given, all that were sent must have one.

    Raises:
        LmsBroken: the LMS answers other lines than it was sent.
    """
    answer = next(answers, None)
    for row in rows:
        if row.fault is not None:
            yield row, _answer(row, REFUSE, row.fault.verdict, row.fault.reason)
        elif answer is not None and answer.line == row.line:
            yield row, answer
            answer = next(answers, None)
        elif otherwise is not None:
            yield row, _answer(row, otherwise.action, INTERNAL_ERROR, otherwise.reason)
        else:
            raise LmsBroken(f"The LMS does not answer line {row.line}.")
    if answer is not None:
        raise LmsBroken(f"The LMS answers line {answer.line}, which was not sent.")


@contextmanager
def writing_result(file: UploadFile, answers: Answers) -> Iterator[tuple[IO[bytes], Tally]]:
    """Write the result file of an upload, and give it, at its start, with the tally."""
    counts = Counter[str]()
    with tempfile.TemporaryFile(prefix="result-") as result:
        text = io.TextIOWrapper(result, encoding="utf-8", newline="")
        text.write(BYTE_ORDER_MARK if file.has_byte_order_mark else "")
        write_cells([_list_columns(file)], text)
        batch: list[list[str]] = []
        for row, answer in answers:
            counts[answer.action] += 1
            batch.append(_list_cells(file, row, answer))
            if len(batch) == BATCH:
                write_cells(batch, text)
                batch = []
        write_cells(batch, text)
        text.flush()
        text.detach()
        result.seek(0)
        yield result, Tally(dict(counts))


def _list_columns(file: UploadFile) -> list[str]:
    staff = [COURSE_STAFF] if COURSE_STAFF in file.columns else []
    return [*OF_EDX[file.kind], *staff, *OURS]


def _list_cells(file: UploadFile, row: UploadRow, answer: RowAnswer) -> list[str]:
    cells = [row.student_key, answer.verdict]
    if file.kind is UploadKind.COURSE:
        cells.insert(0, row.course_id)
        if COURSE_STAFF in file.columns:
            cells.append(row.course_staff)
    return [*cells, str(row.line), row.status, answer.action, answer.reason]


def _answer(row: UploadRow, action: str, verdict: str, reason: str) -> RowAnswer:
    return RowAnswer(
        line=row.line, student_key=row.student_key, action=action, verdict=verdict, reason=reason
    )
