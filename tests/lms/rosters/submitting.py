"""What the tests of jobs say again and again: submit this text, work it off, what was answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, Judgement, WriteMode
from matricula.lms.rosters.api import (
    AnsweredRoster,
    Form,
    RosterFile,
    RosterJob,
    RosterKind,
    RosterOrder,
    list_job_answers,
    submit_roster,
)
from matricula.lms.rosters.working import work_off_job
from tests import given


def submitted(
    text: str | bytes,
    *,
    program: ProgramOutline,
    by: Actor,
    rows_at_once: int = 0,
    mode: WriteMode = WriteMode.UPSERT,
    atomic: bool = False,
    dry_run: bool = False,
    reason: str = "",
    form: Form = Form.CSV,
    kind: RosterKind = RosterKind.PROGRAM,
) -> AnsweredRoster | RosterJob:
    raw = text.encode() if isinstance(text, str) else text
    return submit_roster(
        file=RosterFile("roster.csv", BytesIO(raw), form, kind),
        program=program,
        order=RosterOrder(mode=mode, is_atomic=atomic, is_dry_run=dry_run, reason=reason),
        rows_at_once=rows_at_once,
        by=by,
        at=given.NOW,
    )


def made_job(
    text: str | bytes,
    *,
    program: ProgramOutline,
    by: Actor,
    mode: WriteMode = WriteMode.UPSERT,
    atomic: bool = False,
    dry_run: bool = False,
) -> RosterJob:
    job = submitted(text, program=program, by=by, mode=mode, atomic=atomic, dry_run=dry_run)
    assert isinstance(job, RosterJob)
    return job


def clock() -> datetime:
    return given.NOW + timedelta(minutes=1)


def worked_off(job: RosterJob, *, is_stopping: Callable[[], bool] = lambda: False) -> RosterJob:
    done = work_off_job(uuid=job.uuid, clock=clock, is_stopping=is_stopping)
    assert done is not None
    return done


def stopping_after(chunks: int) -> Callable[[], bool]:
    asked = count()
    return lambda: next(asked) >= chunks


def judgements(job: RosterJob) -> list[Judgement]:
    return [each.judgement for chunk in list_job_answers(job=job) for each in chunk]


def verdicts(job: RosterJob) -> list[str]:
    return [judged.verdict for judged in judgements(job)]
