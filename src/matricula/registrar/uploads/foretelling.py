"""Foretelling: the work of a job that makes a plan. Each step may be begun again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO

import msgspec
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from matricula.lms_client.api import Form, Lms, LmsRefused
from matricula.lms_client.api import Plan as LmsPlan
from matricula.registrar.files.api import open_file, store_file
from matricula.registrar.jobs.api import JobAtWork, JobLeft
from matricula.registrar.kernel.api import in_steps, reaching_lms
from matricula.registrar.uploads.answering import (
    OF_EDX,
    OF_PLANS,
    OURS,
    Tally,
    answer_rows,
    list_columns,
    writing_result,
)
from matricula.registrar.uploads.composing import composing_roster
from matricula.registrar.uploads.enduring import forget_trouble, is_budget_spent, note_trouble
from matricula.registrar.uploads.keeping import KeptRow, keeping_rows
from matricula.registrar.uploads.models import Plan, PlanState
from matricula.registrar.uploads.reading import UploadFile, UploadKind
from matricula.registrar.uploads.sending import name_request, wait_a_while
from matricula.registrar.uploads.weighing import compare_with_copy, is_heavy
from matricula.service.refusals import Refusal, Unavailable

FOLDER = "plans"
PLANNING, READY = "planning", "ready"
UPDATE, UNDO = "update", "undo"
NOTHING_TO_UNDO = "nothing-to-undo"


class PlanNotMade(Refusal):
    """The LMS has made no plan of it."""

    code = "plan-not-made"


def foretell(at_work: JobAtWork) -> None:
    """Ask the LMS what a file or an undo would do, and keep what it says of each row."""
    plans = Plan.objects.select_related(
        "job__program", "job__account", "undoes__plan", "undoes__job"
    )
    plan = plans.get(job=at_work.job)
    try:
        with _refusing(), reaching_lms() as lms:
            if plan.is_undo:
                _foretell_undo(lms, plan, at_work)
            else:
                _foretell_file(lms, plan, at_work)
    except Unavailable as trouble:
        note_trouble(plan)
        if not is_budget_spent(plan):
            raise
        raise PlanNotMade(
            _("%(trouble)s It was tried for a long time; try again later.") % {"trouble": trouble}
        ) from None


def _foretell_file(lms: Lms, plan: Plan, at_work: JobAtWork) -> None:
    with open_file(name=plan.job.input_file) as stream:
        file = UploadFile(stream, UploadKind(plan.kind))
        with composing_roster(file) as roster:
            told = None if roster is None else _ask(lms, plan, roster, at_work)
        answers = iter(()) if told is None else lms.list_plan_answers(told.id)
        _compare(lms, plan, file, told, at_work)
        columns = [*list_columns(file), *OF_PLANS]
        rows = answer_rows(file.list_rows(), answers)
        _keep(plan, told, rows, columns, at_work, is_marked=file.has_byte_order_mark)


def _foretell_undo(lms: Lms, plan: Plan, at_work: JobAtWork) -> None:
    told = _ask(lms, plan, None, at_work)
    plan.size = lms.get_digest(plan.job.program.key, told.kind).rows
    plan.changed = told.counts.get(UNDO, 0)
    at_work.report(done=0, total=told.rows)
    columns = [*OF_EDX[UploadKind(plan.kind)], *OURS, *OF_PLANS]
    _keep(plan, told, _list_undone(lms, told), columns, at_work, is_marked=True)


def _ask(lms: Lms, plan: Plan, roster: IO[bytes] | None, at_work: JobAtWork) -> LmsPlan:
    """Have the LMS make the plan, or find the one that this attempt has asked for before.

    Raises:
        PlanNotMade: it makes none.
    """
    told = _begin(lms, plan, roster, at_work)
    began = time.monotonic()
    try:
        while told.state == PLANNING:
            at_work.require_going_on()
            at_work.report(done=told.planned, total=told.rows)
            wait_a_while(since=began)
            told = lms.get_plan(told.id)
    except JobLeft:
        plan.refresh_from_db(fields=["state"])
        if plan.state == PlanState.PLANNING:  # else another worker has finished it
            lms.discard_plan(told.id)
        raise
    if told.state != READY:
        failure = told.failure if isinstance(told.failure, dict) else {}
        words = (
            failure.get("message")
            or failure.get("detail")
            or _("it is %(state)s.") % {"state": told.state}
        )
        raise PlanNotMade(_("The LMS has made no plan of it: %(words)s") % {"words": words})
    forget_trouble(plan)
    return told


def _begin(lms: Lms, plan: Plan, roster: IO[bytes] | None, at_work: JobAtWork) -> LmsPlan:
    job = plan.job
    if plan.lms_plan is not None and plan.lms_attempt == job.attempt:
        return lms.get_plan(plan.lms_plan)
    at_work.require_going_on()
    reason = f"Registrar job {job.uuid} of account {job.account.uuid}"
    reason = f"{reason}: {plan.reason}" if plan.reason else reason
    if roster is None:
        told = _begin_undo(lms, plan, reason)
    else:
        told = lms.make_plan(
            job.program.key,
            roster,
            kind=UploadKind(plan.kind).of_the_lms,
            form=Form.CSV,
            name=plan.name,
            reason=reason,
            key=f"registrar-{job.uuid}-{job.attempt}",
        )
    plan.lms_plan, plan.lms_attempt = told.id, job.attempt
    plan.save(update_fields=["lms_plan", "lms_attempt"])
    return told


def _begin_undo(lms: Lms, plan: Plan, reason: str) -> LmsPlan:
    upload = plan.undoes
    if upload is None:
        raise PlanNotMade(_("There is no upload that it would take back."))
    if upload.plan is not None and upload.plan.lms_plan is not None:
        return lms.undo_plan(upload.plan.lms_plan, reason=reason)
    try:
        known_as, program = name_request(upload.job), plan.job.program.key
        return lms.undo_request(known_as, program=program, reason=reason)
    except LmsRefused as refused:  # a job may have been begun under another id
        if refused.code != NOTHING_TO_UNDO or upload.lms_job is None:
            raise
        return lms.undo_job(upload.lms_job, reason=reason)


def _compare(
    lms: Lms, plan: Plan, file: UploadFile, told: LmsPlan | None, at_work: JobAtWork
) -> None:
    """Find out how much the file would change, and which enrollments it does not name."""
    plan.changed = 0 if told is None else told.counts.get(UPDATE, 0)
    comparison = compare_with_copy(plan.job, file, is_missing_kept=True)
    if comparison is not None:
        at_work.note(comparison=msgspec.to_builtins(comparison))
    if comparison is not None and comparison.is_current:
        plan.size = comparison.size
    elif plan.changed:
        plan.size = lms.get_digest(plan.job.program.key, file.kind.of_the_lms).rows


def _keep(
    plan: Plan,
    told: LmsPlan | None,
    rows: Iterator[KeptRow],
    columns: list[str],
    at_work: JobAtWork,
    *,
    is_marked: bool,
) -> None:
    """Keep the rows, and end the job: the plan is ready."""
    now = datetime.now(UTC)
    kept = keeping_rows(plan.job, rows)
    with writing_result(kept, columns=columns, is_marked=is_marked) as (result, tally):
        stored = store_file(
            folder=FOLDER,
            content=result,
            download_name=f"{plan.job.program.key}-plan.csv",
            at=now,
        )
    plan.state = PlanState.READY
    plan.expires_at = None if told is None else told.expires_at
    plan.waits_since = now if is_heavy(plan.changed, plan.size) else None
    with transaction.atomic():
        plan.save()
        at_work.report(done=sum(tally.counts.values()))
        at_work.note(refusals=tally.refusals)
        at_work.finish(result_file=stored.name, tally=_tell(tally), counts=tally.counts)


def _list_undone(lms: Lms, told: LmsPlan) -> Iterator[KeptRow]:
    for answer in in_steps(lms.list_plan_answers(told.id)):
        yield KeptRow(
            line=answer.line,
            student_key=answer.student_key,
            course=answer.course,
            asked=answer.after,
            action=answer.action,
            verdict=answer.verdict,
            reason=answer.reason,
            before=answer.before,
            after=answer.after,
        )


def _tell(tally: Tally) -> str:
    changing = sum(tally.counts.get(each, 0) for each in ("create", UPDATE, UNDO))
    return _("%(changing)s would change, %(refused)s refused") % {
        "changing": number_format(changing, force_grouping=True),
        "refused": number_format(tally.refused, force_grouping=True),
    }


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except LmsRefused as refused:
        raise PlanNotMade(
            _("The LMS makes no plan of it (%(code)s): %(refused)s")
            % {"code": refused.code, "refused": refused}
        ) from None
