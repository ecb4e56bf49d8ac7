"""Correcting: the refused rows of an upload as a file that can be mended and sent again.

It has the columns that were sent, whatever they are, and one more that says why; whoever reads an
upload passes over that one.
"""

import io
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext as _

from matricula.registrar.files.api import FileGone, open_file
from matricula.registrar.jobs.api import Job
from matricula.registrar.uploads.answering import BYTE_ORDER_MARK, REFUSE
from matricula.registrar.uploads.keeping import iterate_kept_rows
from matricula.service.escaping import write_cells
from matricula.service.splitting import Records

REASON = "reason"
BATCH = 5_000


def open_corrections(job: Job) -> IO[bytes]:
    """Write the file of a job's refused rows, and return it at its start; it goes when closed.

    Whoever may be given it has found the job by ``get_plan`` or ``get_upload``.

    Raises:
        FileGone: what was sent is no longer kept, or nothing was: it is an undo.
    """
    if not job.input_file:
        raise FileGone(_("There is no file that it was made of."))
    with open_file(name=job.input_file) as stream:
        to = tempfile.TemporaryFile(prefix="corrections-")  # noqa: SIM115  who gets it closes it
        _write(Records(cast("BinaryIO", stream)), job, to)
    to.seek(0)
    return to


def _write(records: Records, job: Job, to: IO[bytes]) -> None:
    text = io.TextIOWrapper(to, encoding="utf-8", newline="")
    text.write(BYTE_ORDER_MARK if records.has_byte_order_mark else "")
    rows = _list_refused(records, job)
    batch: list[list[str]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            write_cells(batch, text)
            batch = []
    write_cells(batch, text)
    text.flush()
    text.detach()


def _list_refused(records: Records, job: Job) -> Iterator[list[str]]:
    """Yield the header and each refused row, as they were written, with the reason at the end."""
    sent = iter(records)
    _, header = next(sent)
    kept = [place for place, name in enumerate(header) if not _is_reason(name)]
    yield [*_pick(header, kept), REASON]
    refused = iterate_kept_rows(job=job, word=REFUSE)
    row = next(refused, None)
    for line, values in sent:
        if row is None:
            return
        if line == row.line:
            yield [*_pick(values, kept), row.reason or row.verdict]
            row = next(refused, None)


def _is_reason(name: str) -> bool:
    """Tell whether a column is one that an earlier file of this sort had."""
    return name.strip().casefold() == REASON


def _pick(values: Sequence[str], places: Sequence[int]) -> list[str]:
    return [values[place] if place < len(values) else "" for place in places]
