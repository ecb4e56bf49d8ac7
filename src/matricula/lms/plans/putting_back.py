"""Putting back: what change sets have written becomes what it was before, as far as it stands.

The ledger says what each row was and is. All of it is laid out in a temporary table, analyzed, and
judged there in a fixed number of statements, whatever the number of rows (ADR 0005); only some
of them are here at a time. A row that was deleted is made again under its old id, so that the
ledger goes on with it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import (
    Action,
    Actor,
    Foreseen,
    Judgement,
    Lock,
    Verdict,
    in_utc,
    lock_until_commit,
    refuse,
)
from matricula.lms.ledger.api import recorded
from matricula.lms.plans.laying_out import (
    JUDGE,
    KNOW_IT,
    LAY_OUT,
    MAKE_ROOM,
    PUT_BACK,
    TELL_ALL,
    TELL_SOME,
    VOID,
)
from matricula.lms.plans.models import Plan
from matricula.lms.rosters.api import (
    KeepGoing,
    Moved,
    MovedRow,
    RosterJob,
    UndoRow,
    keep_undo_rows,
    list_undo_rows,
)

AT_ONCE = 2_000
"""Rows that are fetched together."""
REMOVED = "removed"
RETIRED = "the student was retired"
_REFUSALS = {
    "g": (Verdict.NOT_FOUND, RETIRED),
    "k": (Verdict.DEPENDED_ON, "a course or a staff role was added to it since"),
    "o": (Verdict.CONFLICT, "the same was made again since, by another act"),
    "n": (Verdict.NOT_IN_PROGRAM, "the program enrollment it came through is no more"),
}


def foresee_undo(*, plan: Plan, at: datetime) -> None:
    """Say what an undo would put back, by student and course, and keep it; once, if two are at it.

    No permission is asked for: the caller has.
    """
    with transaction.atomic():
        keep_undo_rows(job=plan.job, rows=_foresee_all(plan), at=at)


def put_back_as_planned(
    *, job: RosterJob, program: ProgramOutline, by: Actor, at: datetime, keep_going: KeepGoing
) -> Moved:
    """Put back what an undo has foreseen, and return the rows that have moved.

    If there are any, nothing is written. The caller holds the job; judging and writing are under
    the lock of the program, so that nobody comes between.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    lock_until_commit(Lock.PROGRAM, [program.id])
    plan = Plan.objects.select_related("job").get(pk=job.pk)
    _lay_out(plan)
    moved = Moved()
    for chunk in list_undo_rows(job=job):
        keep_going()
        now = _foresee_again(chunk)
        for planned in chunk:
            _compare(planned, now.get((planned.subject, planned.row_id)), moved)
    if not moved.count:
        with recorded(by=by, at=at, reason=job.reason), connection.cursor() as cursor:
            _put_back(cursor, at)
    return moved


def _lay_out(plan: Plan) -> None:
    """Lay out in the caller's transaction what the change sets have written, and judge it."""
    with connection.cursor() as cursor:
        cursor.execute(VOID, {"program_id": plan.job.program_id})
        acts = [msgspec.json.decode(ids) for row in cursor.fetchall() for ids in row]
        params: dict[str, Any] = {
            "change_set_ids": plan.undone_change_sets,
            "void": [id_ for ids in acts for id_ in ids],
            "program_id": plan.job.program_id,
        }
        cursor.execute(MAKE_ROOM)
        cursor.execute(LAY_OUT, params)
        cursor.execute(KNOW_IT)
        for statement in JUDGE:
            cursor.execute(statement)


def _foresee_all(plan: Plan) -> Iterator[UndoRow]:
    _lay_out(plan)
    with connection.chunked_cursor() as cursor:
        cursor.execute(TELL_ALL)
        for line, row in enumerate(_fetch(cursor), start=1):
            yield _foresee(line, *row)


def _fetch(cursor: CursorWrapper) -> Iterator[tuple[Any, ...]]:
    while some := cursor.fetchmany(AT_ONCE):
        yield from some


def _foresee_again(planned: Sequence[UndoRow]) -> dict[tuple[str, str], UndoRow]:
    """Return of some rows what is foreseen now that they are laid out again.

    Those of somebody who was erased meanwhile have no numbers any more.
    """
    known = [row for row in planned if row.row_id.isdigit()]
    lines = {(row.subject, row.row_id): row.foreseen.judgement.line for row in known}
    params: dict[str, Any] = {
        "subjects": [row.subject for row in known],
        "row_ids": [int(row.row_id) for row in known],
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL_SOME, params)
        rows = cursor.fetchall()
    return {
        (subject, str(row_id)): _foresee(lines[subject, str(row_id)], subject, row_id, *rest)
        for subject, row_id, *rest in rows
    }


def _put_back(cursor: CursorWrapper, at: datetime) -> None:
    params: dict[str, Any] = {"at": at}
    for statement in PUT_BACK:
        cursor.execute(statement, params)


def _compare(planned: UndoRow, now: UndoRow | None, moved: Moved) -> None:
    line = planned.foreseen.judgement.line
    if now is None:  # its names were erased
        gone = refuse(line, Verdict.NOT_FOUND, RETIRED)
        moved.add(MovedRow(line, planned.foreseen, Foreseen(gone)))
    else:
        moved.compare([planned.foreseen], [now.foreseen])


def _foresee(  # noqa: PLR0917  a row of the statement
    line: int,
    subject: str,
    row_id: int,
    student_key: str,
    course: str,
    code: str,
    present: str,
    before: str,
    actor: str,
    at: datetime,
) -> UndoRow:
    word = before or REMOVED
    if code == "s":
        foreseen = Foreseen(Judgement(line, Action.UNCHANGED, word), present, before)
    elif code == "x":
        words = f"changed since by {actor} on {in_utc(at):%Y-%m-%d %H:%M} UTC"
        foreseen = Foreseen(refuse(line, Verdict.CHANGED_SINCE, words), present, present)
    elif code in _REFUSALS:
        foreseen = Foreseen(refuse(line, *_REFUSALS[code]), present, present)
    else:
        foreseen = Foreseen(Judgement(line, Action.UNDO, word), present, before)
    return UndoRow(subject, str(row_id), student_key, course, foreseen)
