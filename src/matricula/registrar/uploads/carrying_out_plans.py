"""Carrying out a plan: the LMS does all of it or nothing. Each step may be begun again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.lms_client.api import Lms, LmsRefused, Moved, PlanStale
from matricula.lms_client.api import Plan as LmsPlan
from matricula.registrar.files.api import open_file, store_file
from matricula.registrar.jobs.api import JobAtWork, JobLeft
from matricula.registrar.kernel.api import in_steps, reaching_lms
from matricula.registrar.uploads.answering import (
    OF_EDX,
    OF_PLANS,
    OURS,
    list_columns,
    writing_result,
)
from matricula.registrar.uploads.enduring import forget_trouble, is_budget_spent, note_trouble
from matricula.registrar.uploads.keeping import iterate_kept_rows
from matricula.registrar.uploads.models import Plan, PlanState, Upload
from matricula.registrar.uploads.reading import UploadFile, UploadKind
from matricula.registrar.uploads.sending import wait_a_while
from matricula.service.refusals import Conflict, Refusal, Unavailable

FOLDER = "results"
STALE, APPLIED = "stale", "applied"


class UploadStale(Conflict):
    """Rows are no longer as they were when the plan was made; nothing is written."""

    code = "plan-stale"


class PlanNotApplied(Refusal):
    """The LMS does not apply the plan."""

    code = "plan-not-applied"


class NotKnown(Refusal):
    """The LMS was asked to apply the plan, and has not been heard of since."""

    code = "not-known"


def carry_out_plan(upload: Upload, plan: Plan, at_work: JobAtWork) -> None:
    """Have the LMS apply a plan, and write the result of it."""
    try:
        with _refusing(plan), reaching_lms() as lms:
            _apply(lms, upload, _require_lms_plan(plan), plan, at_work)
        forget_trouble(upload)
        _finish(upload, plan, at_work)
    except Unavailable as trouble:
        note_trouble(upload)
        if not is_budget_spent(upload):
            raise
        words = _(
            "%(trouble)s It may have been applied. Try again: it is applied once at most."
        ) % {"trouble": trouble}
        raise NotKnown(words) from None


def _require_lms_plan(plan: Plan) -> UUID:
    if plan.lms_plan is None:
        raise PlanNotApplied(_("There is nothing to apply: the LMS has no such plan."))
    return plan.lms_plan


def _apply(lms: Lms, upload: Upload, lms_plan: UUID, plan: Plan, at_work: JobAtWork) -> None:
    """Have it applied, and wait for that: it cannot be canceled any more, only begun again.

    Raises:
        JobPaused: the worker is to stop; the LMS goes on.
        PlanNotApplied, UploadStale: nothing is written.
    """
    at_work.require_going_on()
    at_work.pass_no_return()
    told = lms.apply_plan(lms_plan, key=f"registrar-{upload.job.uuid}-{upload.job.attempt}")
    began = time.monotonic()
    while not told.is_settled:
        with suppress(JobLeft):
            at_work.require_going_on()
        wait_a_while(since=began)
        told = lms.get_plan(lms_plan)
    if told.state == STALE:
        raise _become_stale(plan, told.moved_count, list(told.moved))
    if told.state != APPLIED:
        raise PlanNotApplied(
            _("The LMS does not apply this plan: %(why)s") % {"why": _explain(told)}
        )


def _become_stale(plan: Plan, moved_count: int, moved: list[Moved]) -> UploadStale:
    told = {"moved_count": moved_count, "moved": msgspec.to_builtins(moved)}
    kept = Plan.objects.filter(pk=plan.pk).exclude(state=PlanState.DISCARDED.value)
    kept.update(state=PlanState.STALE.value, **told)  # thrown away when it was stale, it stays so
    words = ngettext(
        "%(rows)s row is no longer as when the plan was made. Nothing was written.",
        "%(rows)s rows are no longer as when the plan was made. Nothing was written.",
        moved_count,
    )
    return UploadStale(words % {"rows": number_format(moved_count, force_grouping=True)})


def _finish(upload: Upload, plan: Plan, at_work: JobAtWork) -> None:
    """Write the result: what was planned is what was done, row by row."""
    columns, is_marked = _describe_file(plan)
    rows = in_steps(iterate_kept_rows(job=plan.job))
    with writing_result(rows, columns=columns, is_marked=is_marked) as (result, tally):
        stored = store_file(
            folder=FOLDER,
            content=result,
            download_name=f"{upload.job.program.key}-result.csv",
            at=datetime.now(UTC),
        )
    with transaction.atomic():
        at_work.report(done=sum(tally.counts.values()))
        at_work.note(refusals=tally.refusals)
        at_work.finish(
            result_file=stored.name, text=tally.text, tally=tally.words, counts=tally.counts
        )


def _describe_file(plan: Plan) -> tuple[list[str], bool]:
    """Return the columns of its result, and whether it begins as Excel wants it."""
    kind = UploadKind(plan.kind)
    if plan.is_undo:
        return [*OF_EDX[kind], *OURS, *OF_PLANS], True
    with open_file(name=plan.job.input_file) as stream:
        file = UploadFile(stream, kind)
        return [*list_columns(file), *OF_PLANS], file.has_byte_order_mark


def _explain(told: LmsPlan) -> str:
    failure = told.failure if isinstance(told.failure, dict) else {}
    return (
        failure.get("message")
        or failure.get("detail")
        or _("it is %(state)s.") % {"state": told.state}
    )


@contextmanager
def _refusing(plan: Plan) -> Iterator[None]:
    try:
        yield
    except PlanStale as stale:
        raise _become_stale(plan, stale.moved_count, list(stale.moved)) from None
    except LmsRefused as refused:
        words = _("The LMS does not apply this plan (%(code)s): %(refused)s") % {
            "code": refused.code,
            "refused": refused,
        }
        raise PlanNotApplied(words) from None
