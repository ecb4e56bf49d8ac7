"""Submitting a roster: a short one is answered at once, a long one becomes a job.

Either way it is read to its end before anything is written, and read once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import uuid4

import msgspec
from django.db import transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Action, Actor, Lock, NotAllowed, WriteMode, lock_until_commit
from matricula.lms.ledger.api import require_storable_reason
from matricula.lms.rosters.answering import Answer, Answers
from matricula.lms.rosters.applying import apply_roster, plan_roster
from matricula.lms.rosters.following import layout_of
from matricula.lms.rosters.models import RosterJob, RosterJobChunk
from matricula.lms.rosters.opening import RosterFile, RosterKind
from matricula.lms.rosters.packing import pack_chunk
from matricula.lms.rosters.reading import Chunk, EmptyRoster, Layout, Roster, read_roster
from matricula.lms.rosters.tasks import defer_roster_job


class AccountNeeded(NotAllowed):
    """A job is somebody's; who has no account can have a short roster answered."""

    code = "account-needed"


class RosterOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with a roster. A dry run says what would be, and writes nothing."""

    mode: WriteMode = WriteMode.UPSERT
    is_atomic: bool = False
    is_dry_run: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredRoster:
    """A roster whose rows are all answered."""

    layout: Layout
    answers: Sequence[Answer]
    actions: Counter[Action]
    verdicts: Counter[tuple[Action, str]]
    is_applied: bool


def submit_roster(
    *,
    file: RosterFile,
    program: ProgramOutline,
    order: RosterOrder,
    rows_at_once: int,
    by: Actor,
    at: datetime,
) -> AnsweredRoster | RosterJob:
    """Answer a roster of up to ``rows_at_once`` rows, in one transaction; make a longer one a job.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
        UnreadableRoster, EmptyRoster, MissingColumns, RepeatedColumns, UnexpectedColumn: the file
            is no roster.
        InvalidReason: the reason cannot be kept.
        AccountNeeded: it would become a job, and the actor has no account.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    require_storable_reason(order.reason)
    layout, chunks = read_roster(file)
    held: list[Chunk] = []
    count = 0
    for chunk in chunks:
        held.append(chunk)
        count += len(chunk.rows)
        if count > rows_at_once:
            if by.account_id is None:
                raise AccountNeeded("So long a roster becomes a job, and a job is an account's.")
            job = _make_job(file.name, layout, program=program, order=order, by=by, at=at)
            return _store(job, chain(held, chunks))
    roster = Roster(file.name, layout, lambda: iter(held))
    return _answer(roster, len(held), program=program, order=order, by=by, at=at)


@transaction.atomic
def keep_roster(
    *, file: RosterFile, program: ProgramOutline, order: RosterOrder, by: Actor, at: datetime
) -> RosterJob:
    """Store a roster of any length for a plan, to be judged next and perhaps written later.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
        UnreadableRoster, EmptyRoster, MissingColumns, RepeatedColumns, UnexpectedColumn: the file
            is no roster.
        InvalidReason: the reason cannot be kept.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    require_storable_reason(order.reason)
    layout, chunks = read_roster(file)
    job = _make_job(file.name, layout, program=program, order=order, by=by, at=at)
    job.is_plan = job.is_dry_run = True
    _store_rows(job, chunks)
    if not job.rows:
        raise EmptyRoster("The roster has no rows.")
    return job


def _answer(
    roster: Roster,
    chunks: int,
    *,
    program: ProgramOutline,
    order: RosterOrder,
    by: Actor,
    at: datetime,
) -> AnsweredRoster:
    if order.is_dry_run:
        answers = plan_roster(file=roster, program=program, mode=order.mode, by=by)
        return _take(answers)
    with transaction.atomic():
        if chunks > 1:  # each mentions students, in one transaction
            lock_until_commit(Lock.MENTION, [program.organization_id])
        answers = apply_roster(
            file=roster,
            program=program,
            mode=order.mode,
            by=by,
            at=at,
            reason=order.reason,
            atomic=order.is_atomic,
        )
        return _take(answers)


def _take(answers: Answers) -> AnsweredRoster:
    taken = list(answers)
    return AnsweredRoster(
        answers.layout, taken, answers.actions, answers.verdicts, answers.is_applied
    )


def _make_job(
    name: str,
    layout: Layout,
    *,
    program: ProgramOutline,
    order: RosterOrder,
    by: Actor,
    at: datetime,
) -> RosterJob:
    return RosterJob(
        uuid=uuid4(),
        program_id=program.id,
        account_id=by.account_id,
        channel=by.channel,
        request_id=by.request_id,
        kind=RosterKind.COURSE if layout.is_course_roster else RosterKind.PROGRAM,
        mode=order.mode,
        is_atomic=order.is_atomic,
        is_dry_run=order.is_dry_run,
        reason=order.reason,
        name=name,
        header=list(layout.header),
        has_byte_order_mark=layout.has_byte_order_mark,
        rows=0,
        created_at=at,
    )


@transaction.atomic
def _store(job: RosterJob, chunks: Iterator[Chunk]) -> RosterJob:
    """Store a job and have it worked off; the rows are read meanwhile.

    If one is unreadable, nothing is stored.
    """
    _store_rows(job, chunks)
    defer_roster_job(uuid=job.uuid, program_id=job.program_id)
    return job


def _store_rows(job: RosterJob, chunks: Iterator[Chunk]) -> None:
    job.save(force_insert=True)
    layout = layout_of(job)
    for number, chunk in enumerate(chunks):
        packed = pack_chunk(chunk, layout)
        stored = RosterJobChunk(
            job=job,
            number=number,
            count=len(chunk.rows),
            last_line=chunk.rows[-1].line,
            rows=packed,
        )
        stored.save(force_insert=True)
        job.rows += len(chunk.rows)
    job.save(update_fields=["rows"])
