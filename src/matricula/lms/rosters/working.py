"""Working off a job, a chunk at a time, so that any worker can go on where another was cut off.

What a chunk writes and its answers are one transaction: a row is written and answered, or neither.
Permission is asked for each chunk, as the account that sent the roster (ADR 0012).
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline, get_program
from matricula.lms.kernel.api import (
    Action,
    Actor,
    ActorKind,
    Judgement,
    Lock,
    Refusal,
    WriteMode,
    lock_until_commit,
)
from matricula.lms.ledger.api import collecting_change_sets
from matricula.lms.rosters.applying import (
    Foresee,
    Judge,
    foresee_chunk,
    foreseer,
    judge_chunk,
    planner,
    writer,
)
from matricula.lms.rosters.comparing import Survey, survey_roster
from matricula.lms.rosters.following import list_stored_chunks, roster_of
from matricula.lms.rosters.models import FINAL, JobState, RosterJob, RosterJobChunk
from matricula.lms.rosters.packing import pack_answers, pack_foreseen, unpack_rows
from matricula.lms.rosters.reading import Chunk, Layout, Roster

Answerer = Callable[[Chunk], tuple[list[Judgement], bytes]]
"""Answers the rows of a chunk, and packs the answers as they are kept."""


class JobPaused(Exception):
    """The worker is to stop; the job is not finished, and goes on later."""


class _JobCanceled(Exception):
    """Somebody has canceled the job meanwhile."""


class _JobLeft(Exception):
    """Another worker has finished the job meanwhile."""


def work_off_job(
    *,
    uuid: UUID,
    clock: Callable[[], datetime],
    is_stopping: Callable[[], bool],
    by: Actor | None = None,
) -> RosterJob | None:
    """Answer the rows of a job that are not answered yet, and return it, or None if it is gone.

    Two at once do no harm: each chunk is done once. A refusal ends the job as failed, and what it
    has written stays. It is done as whoever sent it, or as ``by`` where that one waits for it.

    Raises:
        JobPaused: ``is_stopping`` said so, between two chunks.
    """
    job = _begin(uuid, at=clock())
    if job is None or JobState(job.state).is_final:
        return job
    try:
        _answer_rows(job, by or _sender_of(job), clock, is_stopping)
    except _JobCanceled:
        end_job(uuid=uuid, state=JobState.CANCELED, at=clock())
    except _JobLeft:
        pass
    except Refusal as refusal:
        words = str(refusal)
        end_job(uuid=uuid, state=JobState.FAILED, at=clock(), code=refusal.code, words=words)
    return RosterJob.objects.filter(uuid=uuid).first()


def end_job(*, uuid: UUID, state: JobState, at: datetime, code: str = "", words: str = "") -> None:
    """End a job unless it is ended; its answers so far stay."""
    unfinished = RosterJob.objects.filter(uuid=uuid).exclude(state__in=FINAL)
    unfinished.update(state=state, failure_code=code, failure=words, finished_at=at)


def _begin(uuid: UUID, *, at: datetime) -> RosterJob | None:
    own = RosterJob.objects.filter(uuid=uuid)
    own.exclude(state__in=FINAL).update(
        state=JobState.IN_PROGRESS, started_at=Coalesce("started_at", at)
    )
    return own.select_related("program").first()


def _sender_of(job: RosterJob) -> Actor:
    return Actor(
        kind=ActorKind.ACCOUNT,
        key=str(job.account_id),
        channel=job.channel,
        account_id=job.account_id,
        request_id=job.request_id,
    )


def _answer_rows(
    job: RosterJob,
    by: Actor,
    clock: Callable[[], datetime],
    is_stopping: Callable[[], bool],
) -> None:
    program = get_program(key=str(job.program.uuid))
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    roster = roster_of(job)
    survey = survey_roster(roster=roster, program=program)
    answer = _find_answerer(job, survey, program=program, by=by, at=clock())
    if job.is_atomic and not job.is_dry_run:
        _write_whole(job, roster, answer, clock, is_stopping, alone_in=program.organization_id)
        return
    pending = RosterJobChunk.objects.filter(job=job, answers=None).order_by("number")
    for number in list(pending.values_list("number", flat=True)):
        if is_stopping():
            raise JobPaused
        _answer_chunk(job, number, answer, roster.layout)
    RosterJob.objects.filter(pk=job.pk, state=JobState.IN_PROGRESS).update(
        state=JobState.SUCCEEDED, is_applied=not job.is_dry_run, finished_at=clock()
    )


def _find_answerer(
    job: RosterJob, survey: Survey, *, program: ProgramOutline, by: Actor, at: datetime
) -> Answerer:
    mode = WriteMode(job.mode)
    if job.is_plan:
        return partial(_foresee, foresee=foreseer(survey, program=program, mode=mode, by=by))
    judge = (
        planner(survey, program=program, mode=mode, by=by)
        if job.is_dry_run
        else writer(
            survey, program=program, mode=mode, by=by, at=at, reason=job.reason, name=job.name
        )
    )
    return partial(_judge, judge=judge)


def _foresee(chunk: Chunk, *, foresee: Foresee) -> tuple[list[Judgement], bytes]:
    foreseen = foresee_chunk(chunk, foresee)
    return [each.judgement for each in foreseen], pack_foreseen(foreseen)


def _judge(chunk: Chunk, *, judge: Judge) -> tuple[list[Judgement], bytes]:
    judged = judge_chunk(chunk, judge)
    return judged, pack_answers(judged)


@transaction.atomic
def _answer_chunk(job: RosterJob, number: int, answer: Answerer, layout: Layout) -> None:
    fresh = _have_alone(job)
    stored = RosterJobChunk.objects.get(job=job, number=number)
    if stored.answers is not None:  # by another worker, which was thought dead
        return
    with collecting_change_sets() as change_sets:
        judged, stored.answers = answer(unpack_rows(stored.rows, layout))
    stored.save(update_fields=["answers"])
    count_answers(fresh, judged)
    fresh.change_sets += change_sets
    fresh.save(update_fields=["answered", "counts", "verdicts", "change_sets"])


def _write_whole(
    job: RosterJob,
    roster: Roster,
    answer: Answerer,
    clock: Callable[[], datetime],
    is_stopping: Callable[[], bool],
    *,
    alone_in: int,
) -> None:
    """Write all chunks in one transaction, or none of them; all are answered either way."""
    with transaction.atomic():
        fresh = _have_alone(job)
        packed: list[bytes] = []
        with collecting_change_sets() as change_sets, transaction.atomic():
            lock_until_commit(Lock.MENTION, [alone_in])
            for chunk in roster.list_chunks():
                _require_going_on(job, is_stopping)
                judged, answers = answer(chunk)
                packed.append(answers)
                count_answers(fresh, judged)
            is_refused = bool(fresh.counts.get(Action.REFUSE))
            transaction.set_rollback(is_refused)
        for stored in list_stored_chunks(job):
            stored.answers = packed[stored.number]
            stored.save(update_fields=["answers"])
        _require_going_on(job, is_stopping)
        fresh.state = JobState.SUCCEEDED
        fresh.is_applied = not is_refused
        fresh.change_sets = [] if is_refused else change_sets
        fresh.finished_at = clock()
        fresh.save()


def _have_alone(job: RosterJob) -> RosterJob:
    """Keep other workers from the job until the transaction ends, and return how it stands."""
    lock_until_commit(Lock.ROSTER_JOB, [job.pk])
    fresh = RosterJob.objects.filter(pk=job.pk).first()
    if fresh is None or JobState(fresh.state).is_final:
        raise _JobLeft
    if fresh.cancel_requested_at is not None:
        raise _JobCanceled
    return fresh


def _require_going_on(job: RosterJob, is_stopping: Callable[[], bool]) -> None:
    if is_stopping():
        raise JobPaused
    if RosterJob.objects.filter(pk=job.pk, cancel_requested_at__isnull=False).exists():
        raise _JobCanceled


def count_answers(job: RosterJob, judged: list[Judgement]) -> None:
    """Add the answers to a chunk to those of a job; it is not saved."""
    job.answered += len(judged)
    job.counts = _add(job.counts, Counter(each.action.value for each in judged))
    job.verdicts = _add(job.verdicts, Counter(each.verdict for each in judged))


def _add(counted: dict[str, int], more: Counter[str]) -> dict[str, int]:
    return dict(Counter(counted) + more)
