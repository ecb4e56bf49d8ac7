"""Confirming a plan: its rows are judged anew, and written if nothing has moved meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.kernel.api import (
    Actor,
    Foreseen,
    Lock,
    Wanted,
    WriteMode,
    lock_in_turn_until_commit,
)
from matricula.lms.rosters.applying import foresee_chunk, foreseer, judge_chunk, writer
from matricula.lms.rosters.comparing import Survey, survey_roster
from matricula.lms.rosters.following import list_stored_chunks, roster_of
from matricula.lms.rosters.models import RosterJob, RosterJobChunk
from matricula.lms.rosters.packing import unpack_foreseen, unpack_rows
from matricula.lms.rosters.reading import Chunk

MOVED_KEPT = 100
"""So many of the rows that have moved are told one by one."""

KeepGoing = Callable[[], None]
"""Is asked between chunks, and raises if it is to be left."""


class MovedRow(msgspec.Struct, frozen=True):
    """A row of which something else was planned than would be done now."""

    line: int
    planned: Foreseen
    now: Foreseen


class Moved:
    """The rows that have moved: how many, and the first of them."""

    def __init__(self) -> None:
        """Have none yet."""
        self.count = 0
        self.first: list[MovedRow] = []

    def compare(self, planned: Sequence[Foreseen], now: Sequence[Foreseen]) -> None:
        """Add those that differ, of rows in the same order."""
        for was, new in zip(planned, now, strict=True):
            if _stands(was) != _stands(new):
                self.add(MovedRow(was.judgement.line, was, new))

    def add(self, row: MovedRow) -> None:
        """Add one."""
        self.count += 1
        if self.count <= MOVED_KEPT:
            self.first.append(row)


def write_as_planned(
    *, job: RosterJob, program: ProgramOutline, by: Actor, at: datetime, keep_going: KeepGoing
) -> Moved:
    """Write the rows of a plan as it has foreseen them, and return those that have moved.

    If there are any, the caller rolls its transaction back: nothing may be written then. It holds
    the job. Judging and writing are under the lock of the program, so that nobody comes between.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    is_one_chunk = RosterJobChunk.objects.filter(job=job).count() == 1
    lock_in_turn_until_commit(
        Wanted(Lock.MENTION, program.organization_id, is_shared=is_one_chunk),
        Wanted(Lock.PROGRAM, program.id),
    )
    survey = survey_roster(roster=roster_of(job), program=program)
    moved = _judge_again(job, survey, program=program, by=by, keep_going=keep_going)
    if not moved.count:
        _write(job, survey, moved, program=program, by=by, at=at, keep_going=keep_going)
    return moved


def name_ground(*, job: RosterJob, program: ProgramOutline) -> str:
    """Return a name of what the rows of a plan stand on in the catalog.

    Another curriculum that is active, another mode, or another course run under the same name
    would have the same row mean something else, though it is judged alike.
    """
    names = {
        row.course_id.strip()
        for chunk in roster_of(job).list_chunks()
        for row in chunk.rows
        if isinstance(row, CourseRow)
    }
    ground = [
        program.organization_id,
        program.mode,
        program.active_curriculum_id,
        [(name, program.run_ids.get(name)) for name in sorted(names)],
    ]
    return sha256(msgspec.json.encode(ground)).hexdigest()


def _judge_again(
    job: RosterJob, survey: Survey, *, program: ProgramOutline, by: Actor, keep_going: KeepGoing
) -> Moved:
    foresee = foreseer(survey, program=program, mode=WriteMode(job.mode), by=by)
    moved = Moved()
    for chunk, planned in _list_planned(job, survey):
        keep_going()
        moved.compare(planned, foresee_chunk(chunk, foresee))
    return moved


def _write(
    job: RosterJob,
    survey: Survey,
    moved: Moved,
    *,
    program: ProgramOutline,
    by: Actor,
    at: datetime,
    keep_going: KeepGoing,
) -> None:
    """Write all rows; one that is answered otherwise than it was judged just now has moved too."""
    judge = writer(
        survey,
        program=program,
        mode=WriteMode(job.mode),
        by=by,
        at=at,
        reason=job.reason,
        name=job.name,
    )
    for chunk, planned in _list_planned(job, survey):
        keep_going()
        judged = judge_chunk(chunk, judge)
        now = [
            Foreseen(each, was.before, was.after)
            for each, was in zip(judged, planned, strict=True)
        ]
        moved.compare(planned, now)


def _list_planned(job: RosterJob, survey: Survey) -> Iterator[tuple[Chunk, list[Foreseen]]]:
    for stored in list_stored_chunks(job):
        chunk = unpack_rows(stored.rows, survey.layout)
        yield chunk, unpack_foreseen(stored.answers or b"", chunk)


def _stands(foreseen: Foreseen) -> tuple[str, str, str]:
    judged = foreseen.judgement
    return judged.action, judged.verdict, foreseen.before
