"""Planning and applying a roster: the same rows, the same judgement, with and without writing."""

from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime
from functools import partial

from django.db import transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import (
    foresee_program_course_enrollments,
    plan_program_course_enrollments,
    write_program_course_enrollments,
)
from matricula.lms.kernel.api import (
    Actor,
    Foreseen,
    Judgement,
    Lock,
    WriteMode,
    lock_until_commit,
    quote,
)
from matricula.lms.program_enrollments.api import (
    foresee_program_enrollments,
    plan_program_enrollments,
    write_program_enrollments,
)
from matricula.lms.rosters.answering import Answer, Answers
from matricula.lms.rosters.comparing import Survey, survey_roster
from matricula.lms.rosters.opening import RosterFile
from matricula.lms.rosters.reading import Chunk, Roster, as_roster

Judge = Callable[..., list[Judgement]]
"""Answers the ``rows`` of a chunk in their order, having written them or not."""
Foresee = Callable[..., list[Foreseen]]
"""Says of the ``rows`` of a chunk in their order what is stored, and what would be."""


def plan_roster(
    *, file: RosterFile | Roster, program: ProgramOutline, mode: WriteMode, by: Actor
) -> Answers:
    """Say what ``apply_roster`` would do now with each row, and write nothing.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
        UnreadableRoster, EmptyRoster, MissingColumns, RepeatedColumns: the file is no roster.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    survey = survey_roster(roster=as_roster(file), program=program)
    judge = planner(survey, program=program, mode=mode, by=by)
    chunks = _judge_chunks(survey.roster, judge)
    return Answers(survey, (answer for chunk in chunks for answer in chunk))


def apply_roster(
    *,
    file: RosterFile | Roster,
    program: ProgramOutline,
    mode: WriteMode,
    by: Actor,
    at: datetime,
    reason: str = "",
    atomic: bool = False,
) -> Answers:
    """Write the rows of a roster that can be written; nothing is before the first answer is taken.

    The file has been read to its end by then. Each chunk is a transaction, committed before its
    answers are given: an apply that is killed is finished by doing it again. With ``atomic`` all
    chunks are one, and nothing is written if any row is refused; the answers stay those of a plan.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
        UnreadableRoster, EmptyRoster, MissingColumns, RepeatedColumns: the file is no roster.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    roster = as_roster(file)
    survey = survey_roster(roster=roster, program=program)
    judge = writer(
        survey, program=program, mode=mode, by=by, at=at, reason=reason, name=roster.name
    )
    chunks = _judge_chunks(survey.roster, judge)
    return _applying(survey, chunks, alone_in=program.organization_id if atomic else None)


def planner(survey: Survey, *, program: ProgramOutline, mode: WriteMode, by: Actor) -> Judge:
    """Return what judges the rows of a chunk and writes nothing."""
    return partial(
        plan_program_course_enrollments
        if survey.layout.is_course_roster
        else plan_program_enrollments,
        program=program,
        mode=mode,
        by=by,
        repeats=survey.repeats,
    )


def foreseer(survey: Survey, *, program: ProgramOutline, mode: WriteMode, by: Actor) -> Foresee:
    """Return what judges the rows of a chunk, says what is stored of each, and writes nothing."""
    return partial(
        foresee_program_course_enrollments
        if survey.layout.is_course_roster
        else foresee_program_enrollments,
        program=program,
        mode=mode,
        by=by,
        repeats=survey.repeats,
    )


def writer(
    survey: Survey,
    *,
    program: ProgramOutline,
    mode: WriteMode,
    by: Actor,
    at: datetime,
    reason: str,
    name: str,
) -> Judge:
    """Return what writes the rows of a chunk."""
    return partial(
        write_program_course_enrollments
        if survey.layout.is_course_roster
        else write_program_enrollments,
        program=program,
        mode=mode,
        by=by,
        at=at,
        reason=reason or f"roster {quote(name)}",
        repeats=survey.repeats,
    )


def judge_chunk(chunk: Chunk, judge: Judge) -> list[Judgement]:
    """Return the answers to the rows of a chunk, those that do not fit among them."""
    judged = judge(rows=chunk.fitting_rows)
    if not chunk.misfits:
        return judged
    fitting = iter(judged)
    return [chunk.misfits.get(at) or next(fitting) for at in range(len(chunk.rows))]


def foresee_chunk(chunk: Chunk, foresee: Foresee) -> list[Foreseen]:
    """Return what is foreseen of the rows of a chunk, those that do not fit among them."""
    foreseen = iter(foresee(rows=chunk.fitting_rows))
    misfits = chunk.misfits
    return [
        Foreseen(misfits[at]) if at in misfits else next(foreseen) for at in range(len(chunk.rows))
    ]


def _applying(survey: Survey, chunks: Iterable[list[Answer]], *, alone_in: int | None) -> Answers:
    """Answer while writing; ``alone_in`` is the organization if all chunks are one transaction."""

    def apply() -> Generator[Answer, None, None]:
        if alone_in is None:
            for chunk in chunks:
                answers.committed += len(chunk)
                yield from chunk
            answers.is_applied = True
            return
        with transaction.atomic():
            lock_until_commit(Lock.MENTION, [alone_in])
            for chunk in chunks:
                yield from chunk
            transaction.set_rollback(answers.is_refused)
        answers.is_applied = not answers.is_refused
        answers.committed = survey.count if answers.is_applied else 0

    answers = Answers(survey, apply())
    return answers


def _judge_chunks(roster: Roster, judge: Judge) -> Iterator[list[Answer]]:
    for chunk in roster.list_chunks():
        yield list(map(Answer, chunk.rows, judge_chunk(chunk, judge), chunk.cells))
