"""Keeping what an undo is to put back: the rows of a plan that no file has said."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from uuid import uuid4

import msgspec
from django.db import transaction
from django.db.models import Q

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Action, Actor, Foreseen, Lock, WriteMode, lock_until_commit
from matricula.lms.ledger.api import require_storable_reason
from matricula.lms.rosters.answering import Answer
from matricula.lms.rosters.following import layout_of, list_foreseen
from matricula.lms.rosters.models import (
    FINAL,
    UNDOS_BEING_MADE,
    JobState,
    RosterJob,
    RosterJobChunk,
)
from matricula.lms.rosters.opening import RosterKind
from matricula.lms.rosters.packing import pack_chunk, pack_foreseen
from matricula.lms.rosters.reading import CHUNK_ROWS, Chunk
from matricula.lms.rosters.working import count_answers

UNDO_COLUMNS = ("student_key", "course_id", "status", "subject", "row_id")


class UndoRow(msgspec.Struct, frozen=True, gc=False):
    """A row of the ledger's subjects that is to be put back, and what is foreseen of it."""

    subject: str
    row_id: str
    student_key: str
    course: str
    foreseen: Foreseen


def keep_undo(
    *,
    program: ProgramOutline,
    kind: RosterKind,
    name: str,
    reason: str,
    rows: int,
    by: Actor,
    at: datetime,
) -> RosterJob:
    """Store that so many rows are to be put back; which, is foreseen next.

    Until the transaction ends nobody is retired: they would not be erased from what is not seen.

    Raises:
        InvalidReason: the reason cannot be kept.
    """
    require_storable_reason(reason)
    lock_until_commit(Lock.ROSTER_JOB, [UNDOS_BEING_MADE], shared=True)
    return RosterJob.objects.create(
        uuid=uuid4(),
        program_id=program.id,
        account_id=by.account_id,
        channel=by.channel,
        request_id=by.request_id,
        kind=kind,
        mode=WriteMode.UPSERT,
        is_atomic=True,
        is_dry_run=True,
        is_plan=True,
        reason=reason,
        name=name,
        header=list(UNDO_COLUMNS),
        has_byte_order_mark=False,
        rows=rows,
        created_at=at,
    )


@transaction.atomic
def keep_undo_rows(*, job: RosterJob, rows: Iterable[UndoRow], at: datetime) -> RosterJob:
    """Store what is foreseen of all rows of an undo, and return it, ready. Once is enough."""
    lock_until_commit(Lock.ROSTER_JOB, [job.pk])
    fresh = RosterJob.objects.select_related("program").get(pk=job.pk)
    if JobState(fresh.state).is_final:
        return fresh
    taken, number = iter(rows), 0
    while few := list(islice(taken, CHUNK_ROWS)):
        _store_chunk(fresh, number, few, first_line=number * CHUNK_ROWS + 1)
        count_answers(fresh, [each.foreseen.judgement for each in few])
        number += 1
    fresh.rows, fresh.state = fresh.answered, JobState.SUCCEEDED.value
    fresh.started_at = fresh.finished_at = at
    fresh.save()
    return fresh


def list_undo_rows(*, job: RosterJob) -> Iterator[list[UndoRow]]:
    """Yield the rows of an undo as they were foreseen, a chunk at a time."""
    for chunk in list_foreseen(job=job):
        yield [_read_row(answer, foreseen) for answer, foreseen in chunk]


def stop_planning(*, job: RosterJob, at: datetime) -> None:
    """Have nothing more foreseen for a plan that is given up."""
    unfinished = RosterJob.objects.filter(~Q(state__in=FINAL), pk=job.pk)
    unfinished.update(state=JobState.CANCELED, cancel_requested_at=at, finished_at=at)


def tell_applied(*, job: RosterJob, change_sets: Sequence[int]) -> RosterJob:
    """Note that a plan's rows are written, and under which change sets."""
    job.is_applied, job.change_sets = True, list(change_sets)
    job.save(update_fields=["is_applied", "change_sets"])
    return job


def _read_row(answer: Answer, foreseen: Foreseen) -> UndoRow:
    key, course, _, subject, row_id = answer.cells
    return UndoRow(subject, row_id, key, course, foreseen)


def _store_chunk(job: RosterJob, number: int, rows: Sequence[UndoRow], *, first_line: int) -> None:
    layout = layout_of(job)
    cells = [_list_cells(each) for each in rows]
    lines = range(first_line, first_line + len(rows))
    columns: Iterable[list[str]] = map(list, zip(*cells, strict=True))
    chunk = Chunk(layout.make_rows(lines, list(columns)), cells, {})
    RosterJobChunk.objects.create(
        job=job,
        number=number,
        count=len(rows),
        last_line=lines[-1],
        rows=pack_chunk(chunk, layout),
        answers=pack_foreseen([each.foreseen for each in rows]),
    )


def _list_cells(row: UndoRow) -> list[str]:
    is_undone = row.foreseen.judgement.action is Action.UNDO
    status = row.foreseen.after if is_undone else ""
    return [row.student_key, row.course, status, row.subject, row.row_id]
