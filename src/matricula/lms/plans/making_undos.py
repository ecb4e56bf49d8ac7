"""Making plans that take back what change sets have written, whatever they were found by."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import connection, transaction

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, Conflict
from matricula.lms.plans.making import PlanLimits, require_account
from matricula.lms.plans.models import Plan, Undone
from matricula.lms.plans.putting_back import foresee_undo
from matricula.lms.plans.tasks import defer_plan
from matricula.lms.rosters.api import RosterKind, keep_undo


class NothingToUndo(Conflict):
    """It has written nothing, or nothing that is known: of bindings, say so."""

    code = "nothing-to-undo"


class NotOfOneProgram(Conflict):
    """It has written enrollments of several programs, or direct ones; a plan is of one program."""

    code = "not-of-one-program"


class StillWriting(Conflict):
    """It is not finished, so nobody can say yet what is to be taken back."""

    code = "still-writing"


# Of a transaction with many change sets all changes are read once, not once for each.
HOW_MANY = """
SELECT count(*) FROM (
    SELECT DISTINCT c.subject, c.row_id
    FROM (
        SELECT DISTINCT s.transaction_id
        FROM unnest(%(change_set_ids)s::bigint[]) AS given (id)
        JOIN change_set AS s ON s.id = given.id
    ) AS act
    CROSS JOIN LATERAL (
        SELECT subject, row_id FROM change
        WHERE transaction_id = act.transaction_id
          AND change_set_id + 0 = ANY(%(change_set_ids)s::bigint[])
        OFFSET 0
    ) AS c
    WHERE c.subject IN ('program_enrollment', 'course_enrollment', 'course_role')
) AS touched
"""


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be taken back."""

    what: Undone
    id: str
    program: ProgramOutline
    kind: RosterKind
    name: str
    change_sets: Sequence[int]


def make_undo(
    writing: Writing, *, limits: PlanLimits, by: Actor, at: datetime, reason: str
) -> Plan:
    """Make a plan that takes it back; of a long one a worker foresees the rows.

    No permission is asked for: the caller has.

    Raises:
        NothingToUndo: it has written nothing.
        InvalidReason: the reason cannot be kept.
        NobodyWorksForIt: it is long, and the actor has no account.
    """
    rows = _count_rows(writing.change_sets)
    if not rows:
        raise NothingToUndo("It has written nothing that could be taken back.")
    with transaction.atomic():
        job = keep_undo(
            program=writing.program,
            kind=writing.kind,
            name=writing.name,
            reason=reason or f"undo of {writing.what} {writing.id}",
            rows=rows,
            by=by,
            at=at,
        )
        plan = Plan.objects.create(
            job=job,
            made_by=by.name,
            undoes=writing.what,
            undoes_id=writing.id,
            undone_change_sets=list(writing.change_sets),
            expires_at=at + limits.kept_for,
        )
        if rows > limits.rows_at_once:
            require_account(by)
            defer_plan(uuid=job.uuid, program_id=job.program_id)
        else:
            foresee_undo(plan=plan, at=at)
    return Plan.objects.select_related("job__program").get(pk=plan.pk)


def _count_rows(change_sets: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(HOW_MANY, {"change_set_ids": list(change_sets)})
        return int(cursor.fetchone()[0])
