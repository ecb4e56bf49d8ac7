"""Offering who is missing from a plan's file as a file, of which the next one can be made.

It has the columns of an upload, and two more, which uploads pass over: what the rows were taken
from, and as of when.
"""

import io
import tempfile
from collections.abc import Iterator
from itertools import groupby, islice
from typing import IO

from django.utils.translation import gettext as _

from matricula.registrar.files.api import FileGone
from matricula.registrar.uploads.answering import BYTE_ORDER_MARK
from matricula.registrar.uploads.keeping import MISSING, KeptRow, iterate_kept_rows
from matricula.registrar.uploads.models import Plan
from matricula.registrar.uploads.reading import REQUIRED, UploadKind
from matricula.service.escaping import write_cells
from matricula.service.folding import fold

BATCH = 5_000
SOURCE = ["source", "as_of"]
OTHERWISE = " or "


def open_missing(plan: Plan, *, status: str = "") -> IO[bytes]:
    """Write the file of those missing, all or of a status, and return it at its start.

    It goes when closed. A student stands in it once for each course, as in an upload; the statuses
    of several enrollments stand together, and whoever sends the file chooses one.

    Raises:
        FileGone: nobody is missing so, or it is no longer kept.
    """
    word = f"{MISSING}:{status}" if status else MISSING
    comparison = plan.job.parameters.get("comparison") or {}
    source = [comparison.get("source", ""), comparison.get("proven_at", "")]
    rows = _merge(iterate_kept_rows(job=plan.job, word=word), UploadKind(plan.kind))
    batch = list(islice(rows, BATCH))
    if not batch:
        raise FileGone(_("Nobody is missing from the file, or it is no longer kept who is."))
    to = tempfile.TemporaryFile(prefix="missing-")  # noqa: SIM115  who gets it closes it
    text = io.TextIOWrapper(to, encoding="utf-8", newline="")
    text.write(BYTE_ORDER_MARK)
    write_cells([[*REQUIRED[UploadKind(plan.kind)], *SOURCE]], text)
    while batch:
        write_cells([[*row, *source] for row in batch], text)
        batch = list(islice(rows, BATCH))
    text.flush()
    text.detach()
    to.seek(0)
    return to


def _merge(rows: Iterator[KeptRow], kind: UploadKind) -> Iterator[list[str]]:
    """Yield what a row of an upload has, of rows by student and course."""
    for (_key, course), same in groupby(rows, lambda row: (fold(row.student_key), row.course)):
        found = list(same)
        cells = {
            "student_key": found[0].student_key,
            "course_id": course,
            "status": OTHERWISE.join(sorted({row.before for row in found})),
        }
        yield [cells[column] for column in REQUIRED[kind]]
