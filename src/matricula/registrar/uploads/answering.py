"""Answering: a line of the result file for each row of the upload, whatever became of it.

The columns that edX's Registrar has come first, in its order (contract 2.9): old clients read
those. There ``status`` is the verdict; ``asked`` is the status that the row asked for.
"""

import io
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import IO

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms_client.api import LmsBroken, PlanAnswer, RowAnswer
from matricula.registrar.uploads.keeping import KeptRow
from matricula.registrar.uploads.reading import COURSE_STAFF, UploadFile, UploadKind, UploadRow
from matricula.service.escaping import write_cells

BATCH = 5_000
BYTE_ORDER_MARK = "\ufeff"
OF_EDX = {
    UploadKind.PROGRAM: ["student_key", "status"],
    UploadKind.COURSE: ["course_id", "student_key", "status"],
}
LINE = "line"
OURS = [LINE, "asked", "action", "reason"]
OF_PLANS = ["before", "after"]
CELLS = {"course_id": "course", "status": "verdict"}
"""What a column is called where we keep it, if that is not its name."""
REFUSE = "refuse"
INTERNAL_ERROR = "internal-error"
"""edX's word for a row that has no answer."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What is said of rows that the LMS has not answered."""

    action: str
    reason: Promise


SKIPPED = Unanswered(
    "skip", gettext_lazy("The LMS ended before it came to this row; it was not written.")
)
UNKNOWN = Unanswered(
    "unknown",
    gettext_lazy("The LMS could not be asked what became of this row. It may have been written."),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows had which answer, by action, and how many were refused, by verdict."""

    counts: dict[str, int]
    refusals: dict[str, int]

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
        said = {
            "done": number_format(self.done, force_grouping=True),
            "refused": number_format(self.refused, force_grouping=True),
            "unanswered": number_format(self.unanswered, force_grouping=True),
        }
        if self.unanswered:
            return _("%(done)s done, %(refused)s refused, %(unanswered)s not answered") % said
        return _("%(done)s done, %(refused)s refused") % said


def answer_rows(
    rows: Iterator[UploadRow],
    answers: Iterator[RowAnswer] | Iterator[PlanAnswer],
    *,
    otherwise: Unanswered | None = None,
) -> Iterator[KeptRow]:
    """Yield each row with its answer: the LMS's, or ours to a row that was not sent.

    ``otherwise`` is for rows without one; unless it is given, all that were sent must have one.

    Raises:
        LmsBroken: the LMS answers other lines than it was sent.
    """
    answer = next(answers, None)
    for row in rows:
        if row.fault is not None:
            yield _keep(row, REFUSE, row.fault.verdict, row.fault.reason)
        elif answer is not None and answer.line == row.line:
            yield _keep_answer(row, answer)
            answer = next(answers, None)
        elif otherwise is not None:
            yield _keep(row, otherwise.action, INTERNAL_ERROR, str(otherwise.reason))
        else:
            raise LmsBroken(f"The LMS does not answer line {row.line}.")
    if answer is not None:
        raise LmsBroken(f"The LMS answers line {answer.line}, which was not sent.")


def list_columns(file: UploadFile) -> list[str]:
    """Return the columns of an upload's result file."""
    staff = [COURSE_STAFF] if COURSE_STAFF in file.columns else []
    return [*OF_EDX[file.kind], *staff, *OURS]


@contextmanager
def writing_result(
    rows: Iterator[KeptRow], *, columns: Sequence[str], is_marked: bool
) -> Iterator[tuple[IO[bytes], Tally]]:
    """Write rows with their answers as a file, and give it, at its start, with the tally.

    ``is_marked`` begins it with the mark that makes Excel read it as UTF-8.
    """
    counts, refusals = Counter[str](), Counter[str]()
    take = attrgetter(*[CELLS.get(column, column) for column in columns])
    line = columns.index(LINE)
    with tempfile.TemporaryFile(prefix="result-") as result:
        text = io.TextIOWrapper(result, encoding="utf-8", newline="")
        text.write(BYTE_ORDER_MARK if is_marked else "")
        write_cells([columns], text)
        batch: list[list[str]] = []
        for row in rows:
            counts[row.action] += 1
            if row.action == REFUSE:
                refusals[row.verdict] += 1
            cells = list(take(row))
            cells[line] = str(row.line)
            batch.append(cells)
            if len(batch) == BATCH:
                write_cells(batch, text)
                batch = []
        write_cells(batch, text)
        text.flush()
        text.detach()
        result.seek(0)
        yield result, Tally(dict(counts), dict(refusals))


def _keep(row: UploadRow, action: str, verdict: str, reason: str) -> KeptRow:
    return KeptRow(
        line=row.line,
        student_key=row.student_key,
        course=row.course_id,
        course_staff=row.course_staff,
        asked=row.status,
        action=action,
        verdict=verdict,
        reason=reason,
    )


def _keep_answer(row: UploadRow, answer: RowAnswer | PlanAnswer) -> KeptRow:
    before, after = (answer.before, answer.after) if isinstance(answer, PlanAnswer) else ("", "")
    return KeptRow(
        line=row.line,
        student_key=row.student_key,
        course=row.course_id,
        course_staff=row.course_staff,
        asked=row.status,
        action=answer.action,
        verdict=answer.verdict,
        reason=answer.reason,
        before=before,
        after=after,
    )
