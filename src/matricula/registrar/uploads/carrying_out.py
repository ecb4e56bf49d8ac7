"""Carrying out an upload: weighed, sent, followed, answered. Each step may be begun again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from matricula.lms_client.api import Job as LmsJob
from matricula.lms_client.api import Lms, LmsRefused, RowAnswer
from matricula.registrar.files.api import open_file, store_file
from matricula.registrar.jobs.api import JobAtWork, JobLeft
from matricula.registrar.kernel.api import reaching_lms
from matricula.registrar.uploads.answering import (
    SKIPPED,
    UNKNOWN,
    Tally,
    Unanswered,
    answer_rows,
    list_columns,
    writing_result,
)
from matricula.registrar.uploads.carrying_out_plans import carry_out_plan
from matricula.registrar.uploads.carrying_out_v1 import WritingByV1
from matricula.registrar.uploads.composing import composing_roster
from matricula.registrar.uploads.enduring import forget_trouble, is_budget_spent, note_trouble
from matricula.registrar.uploads.keeping import KeptRow, keeping_rows
from matricula.registrar.uploads.models import Upload
from matricula.registrar.uploads.reading import UploadFile, UploadKind
from matricula.registrar.uploads.sending import (
    Sent,
    cancel_there,
    follow_to_end,
    list_answers,
    send_upload,
)
from matricula.registrar.uploads.weighing import require_approved, weigh_upload
from matricula.service.refusals import Refusal, Unavailable

FOLDER = "results"


class UploadCanceled(Refusal):
    """Somebody has canceled it."""

    code = "canceled"


class UploadNotTaken(Refusal):
    """The LMS refuses the roster as a whole."""

    code = "refused-by-lms"


class UploadEndedByLms(Refusal):
    """The LMS took the roster, and ended before it was done."""

    code = "ended-by-lms"


def carry_out_upload(at_work: JobAtWork) -> None:
    """Send an upload to the LMS, or have its plan applied there, and answer every row of it."""
    uploads = Upload.objects.select_related("job__program", "job__account", "plan__job")
    upload = uploads.get(job=at_work.job)
    if upload.plan is not None:
        carry_out_plan(upload, upload.plan, at_work)
        return
    with _opening(upload) as file:
        try:
            with _refusing(), reaching_lms() as lms:
                _carry_out(lms, upload, file, at_work)
        except Unavailable as trouble:
            note_trouble(upload)
            if not is_budget_spent(upload):
                raise
            _answer(upload, file, iter(()), at_work, otherwise=UNKNOWN, failure=trouble)


def _carry_out(lms: Lms, upload: Upload, file: UploadFile, at_work: JobAtWork) -> None:
    if settings.LMS_API == "v1":
        _carry_out_by_v1(lms, upload, file, at_work)
        return
    with composing_roster(file) as roster:
        if roster is None:
            _answer(upload, file, iter(()), at_work)
            return
        weigh_upload(lms, upload, file, roster, at_work)
        require_approved(upload)
        at_work.require_going_on()
        sent = send_upload(lms, upload, roster)
    forget_trouble(upload)
    failure: Refusal | None = None
    try:
        sent = follow_to_end(lms, sent, at_work)
    except JobLeft:
        sent = cancel_there(lms, sent)
        failure = _cancel()
    failure = failure or _find_failure(sent)
    otherwise = SKIPPED if failure else None
    _answer(upload, file, list_answers(lms, sent), at_work, otherwise=otherwise, failure=failure)


def _carry_out_by_v1(lms: Lms, upload: Upload, file: UploadFile, at_work: JobAtWork) -> None:
    writing = WritingByV1(lms, upload.job.program, file, at_work)
    answered = answer_rows(writing.rows, writing.list_answers(), otherwise=SKIPPED)
    with _writing(upload, file, answered) as (result, tally):
        failure = _cancel() if writing.is_canceled else None
        _finish(upload, result, tally, at_work, failure)


def _answer(
    upload: Upload,
    file: UploadFile,
    answers: Iterator[RowAnswer],
    at_work: JobAtWork,
    *,
    otherwise: Unanswered | None = None,
    failure: Refusal | None = None,
) -> None:
    """Write the result file, and end the job."""
    answered = answer_rows(file.list_rows(), answers, otherwise=otherwise)
    with _writing(upload, file, answered) as (result, tally):
        _finish(upload, result, tally, at_work, failure)


@contextmanager
def _writing(
    upload: Upload, file: UploadFile, answered: Iterator[KeptRow]
) -> Iterator[tuple[IO[bytes], Tally]]:
    """Write the result file, and keep its rows to be looked through."""
    kept = keeping_rows(upload.job, answered)
    columns = list_columns(file)
    with writing_result(kept, columns=columns, is_marked=file.has_byte_order_mark) as written:
        yield written


def _finish(
    upload: Upload,
    result: IO[bytes],
    tally: Tally,
    at_work: JobAtWork,
    failure: Refusal | None,
) -> None:
    stored = store_file(
        folder=FOLDER,
        content=result,
        download_name=f"{upload.job.program.key}-result.csv",
        at=datetime.now(UTC),
    )
    with transaction.atomic():
        at_work.report(done=sum(tally.counts.values()) - tally.unanswered)
        at_work.note(refusals=tally.refusals)
        at_work.finish(
            result_file=stored.name,
            text=tally.text,
            tally=tally.words,
            counts=tally.counts,
            failure=failure,
        )


def _cancel() -> UploadCanceled:
    return UploadCanceled(_("It was canceled; what was written before stays."))


def _find_failure(sent: Sent) -> Refusal | None:
    if not isinstance(sent, LmsJob) or sent.state == "succeeded":
        return None
    told = sent.failure if isinstance(sent.failure, dict) else {}
    words = told.get("detail") or _("its job %(uuid)s was %(state)s.") % {
        "uuid": sent.uuid,
        "state": sent.state,
    }
    return UploadEndedByLms(_("The LMS did not come to the end: %(words)s") % {"words": words})


@contextmanager
def _opening(upload: Upload) -> Iterator[UploadFile]:
    with open_file(name=upload.job.input_file) as stream:
        yield UploadFile(stream, UploadKind(upload.job.kind))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except LmsRefused as refused:
        raise UploadNotTaken(
            _("The LMS refuses the roster (%(code)s): %(refused)s")
            % {"code": refused.code, "refused": refused}
        ) from None
