"""Putting back: what change sets have written becomes what it was before, as far as it stands.

The ledger says what each row was and is. All of it is laid out in a temporary table, analyzed, and
judged there in a fixed number of statements, whatever the number of rows (ADR 0005). A row that
was deleted is made again under its old id, so that the ledger goes on with it.
"""

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
    TELL_IN_WORDS,
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

REMOVED = "removed"
_REFUSALS = {
    "k": (Verdict.DEPENDED_ON, "a course or a staff role was added to it since"),
    "o": (Verdict.CONFLICT, "the same was made again since, by another act"),
    "n": (Verdict.NOT_IN_PROGRAM, "the program enrollment it came through is no more"),
}


def foresee_putting_back(*, plan: Plan) -> list[UndoRow]:
    """Say what an undo would put back of what its change sets have written, by student and course.

    In the caller's transaction, in which ``put_back`` can then write it. No permission is asked
    for: the caller has.
    """
    with connection.cursor() as cursor:
        cursor.execute(VOID, {"program_id": plan.job.program_id})
        acts = [msgspec.json.decode(ids) for row in cursor.fetchall() for ids in row]
        params: dict[str, Any] = {
            "change_set_ids": plan.undone_change_sets,
            "void": [id_ for ids in acts for id_ in ids],
        }
        cursor.execute(MAKE_ROOM)
        cursor.execute(LAY_OUT, params)
        cursor.execute(KNOW_IT)
        for statement in JUDGE:
            cursor.execute(statement)
        cursor.execute(TELL_IN_WORDS)
        return [_foresee(line, *row) for line, row in enumerate(cursor.fetchall(), start=1)]


def foresee_undo(*, plan: Plan, at: datetime) -> None:
    """Say what an undo would put back, and keep it; once, if two are at it."""
    with transaction.atomic():
        rows = foresee_putting_back(plan=plan)
        keep_undo_rows(job=plan.job, rows=rows, at=at)


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
    now = {(row.subject, row.row_id): row for row in foresee_putting_back(plan=plan)}
    keep_going()
    moved = Moved()
    for planned in list_undo_rows(job=job):
        _compare(planned, now.get((planned.subject, planned.row_id)), moved)
    if not moved.count:
        with recorded(by=by, at=at, reason=job.reason), connection.cursor() as cursor:
            _put_back(cursor, at)
    return moved


def _put_back(cursor: CursorWrapper, at: datetime) -> None:
    params: dict[str, Any] = {"at": at}
    for statement in PUT_BACK:
        cursor.execute(statement, params)


def _compare(planned: UndoRow, now: UndoRow | None, moved: Moved) -> None:
    line = planned.foreseen.judgement.line
    if now is None:  # its names were erased
        gone = refuse(line, Verdict.NOT_FOUND, "the student was retired")
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
