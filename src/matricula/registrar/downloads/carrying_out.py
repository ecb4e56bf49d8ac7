"""Carrying out a download: read, written to a file, stored. Begun again, it begins anew."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import IO

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.lms_client.api import LmsNotFound, LmsRefused
from matricula.registrar.downloads.asking import DownloadKind
from matricula.registrar.downloads.reading import FAILED, ROWS, Reading
from matricula.registrar.downloads.writing import Form, write_rows
from matricula.registrar.files.api import store_file
from matricula.registrar.jobs.api import Job, JobAtWork
from matricula.registrar.kernel.api import reaching_lms
from matricula.service.refusals import Conflict, NotFound, Unavailable

FOLDER = "results"
TROUBLE = "trouble"
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class UnknownToLms(NotFound):
    """The LMS no longer has what was asked for."""

    code = "unknown-to-lms"


class DownloadRefused(Conflict):
    """The LMS refuses to tell it."""

    code = "refused-by-lms"


def carry_out_download(at_work: JobAtWork) -> None:
    """Read what was asked for, and give it as a file.

    The LMS's trouble is waited for ``LMS_PATIENCE_MINUTES`` at most, and then ends the job.
    """
    try:
        _carry_out(at_work)
    except Unavailable as trouble:
        if not _is_patience_spent(at_work):
            raise
        at_work.finish(failure=trouble)


def _carry_out(at_work: JobAtWork) -> None:
    job, reading = at_work.job, Reading(at_work.job)
    form = Form(job.parameters["form"])
    at_work.note(read_at=_now().isoformat())
    with tempfile.TemporaryFile(prefix="download-") as file:
        rows = _read(reading, form, file, at_work)
        file.seek(0)
        stored = store_file(
            folder=FOLDER,
            content=file,
            download_name=f"{_name(job)}.{form.value}",
            at=_now(),
            content_type=form.content_type,
        )
    counts = {**reading.counts, ROWS: rows}
    at_work.report(done=rows, total=rows)
    at_work.finish(
        result_file=stored.name, text=_text(reading, rows), tally=_tell(rows), counts=counts
    )


def _tell(rows: int) -> str:
    counted = number_format(rows, force_grouping=True)
    return ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": counted}


def _read(reading: Reading, form: Form, file: IO[bytes], at_work: JobAtWork) -> int:
    def note(rows: int) -> None:
        at_work.require_going_on()
        at_work.report(done=rows)

    with _refusing(reading.job), reaching_lms() as lms:
        return write_rows(
            reading.list_rows(lms),
            columns=reading.list_columns(),
            form=form,
            to=file,
            note=note,
        )


@contextmanager
def _refusing(job: Job) -> Iterator[None]:
    try:
        yield
    except LmsNotFound:
        what = job.parameters.get("course_run") or "the program"
        raise UnknownToLms(
            _("The LMS has no %(what)s in %(key)s.") % {"what": what, "key": job.program.key}
        ) from None
    except LmsRefused as refused:
        raise DownloadRefused(
            _("The LMS refuses (%(code)s): %(refused)s")
            % {"code": refused.code, "refused": refused}
        ) from None


def _text(reading: Reading, rows: int) -> str:
    """Return of grades the status that a request would have had; edX says it of them alone."""
    if reading.kind is not DownloadKind.GRADES:
        return ""
    failed = reading.counts[FAILED]
    if not rows:
        return "204"
    if failed == rows:
        return "422"
    return "207" if failed else "200"


def _name(job: Job) -> str:
    """Return what a browser is to call the file; nothing in it is of a student."""
    course = job.parameters.get("course_id") or job.parameters.get("course_run") or ""
    what = {DownloadKind.GRADES: "grades", DownloadKind.ALL_COURSES: "course-enrollments"}
    parts = [job.program.key, course, what.get(DownloadKind(job.kind), "enrollments")]
    return "-".join(_UNFIT.sub("_", part) for part in parts if part)


def _is_patience_spent(at_work: JobAtWork) -> bool:
    """Tell whether this attempt has met trouble for so long; its first one is noted."""
    job, now = at_work.job, _now()
    attempt, since = job.parameters.get(TROUBLE) or (0, "")
    if attempt != job.attempt:
        at_work.note(trouble=[job.attempt, now.isoformat()])
        return False
    return now - datetime.fromisoformat(since) >= timedelta(minutes=settings.LMS_PATIENCE_MINUTES)


def _now() -> datetime:
    return datetime.now(UTC)
