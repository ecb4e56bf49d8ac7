"""Undoing: a plan that takes back what a job, a plan or a change set has written.

Nothing is written by it; it is applied like any other plan. What somebody has changed since is
listed as such and left alone, and so is what others have come to depend on. Identities stay, and
who they are bound to.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from matricula.lms.access.api import Permission, has_permission, require_permission
from matricula.lms.catalog.api import ProgramOutline, get_program
from matricula.lms.kernel.api import Actor, Conflict, NotFound
from matricula.lms.plans.following import get_plan, program_of
from matricula.lms.plans.making import PlanLimits, require_account
from matricula.lms.plans.models import Outcome, Plan, Undone
from matricula.lms.plans.putting_back import foresee_undo
from matricula.lms.plans.tasks import defer_plan
from matricula.lms.rosters.api import JobState, RosterKind, get_job, keep_undo


class NothingToUndo(Conflict):
    """It has written nothing, or nothing that is known: of bindings, say so."""

    code = "nothing-to-undo"


class OnlyBindings(Conflict):
    """It has changed whose identities are, and no enrollment; that is undone by unlinking."""

    code = "only-bindings"


class NotOfOneProgram(Conflict):
    """It has written enrollments of several programs, or direct ones; a plan is of one program."""

    code = "not-of-one-program"


class StillWriting(Conflict):
    """It is not finished, so nobody can say yet what is to be taken back."""

    code = "still-writing"


class UnknownChangeSet(NotFound):
    """There is no such change set that the actor may know of."""

    code = "change-set-not-found"


# A direct grant is of no program. What grants and roles came through may be deleted by now: the
# ledger knows it. Schools are those of identities; a program is its first organization's.
TOUCHED = """
SELECT s.id, touched.subject, touched.program_uuid, touched.organization_id,
       coalesce(touched.times, 0)
FROM change_set AS s
LEFT JOIN LATERAL (
    SELECT c.subject, program.uuid AS program_uuid, count(*) AS times,
           CASE WHEN c.subject = 'identity'
                THEN (coalesce(c.after, c.before) ->> 'organization_id')::bigint
           END AS organization_id
    FROM change AS c
    LEFT JOIN LATERAL (
        SELECT coalesce(e.after, e.before) AS fields FROM change AS e
        WHERE e.row_id = (coalesce(c.after, c.before) ->> 'program_enrollment_id')::bigint
          AND e.subject = 'program_enrollment'
        ORDER BY e.id + 0 DESC LIMIT 1
    ) AS through ON true
    LEFT JOIN program ON program.id = CASE
        WHEN c.subject = 'program_enrollment'
            THEN (coalesce(c.after, c.before) ->> 'program_id')::bigint
        ELSE (through.fields ->> 'program_id')::bigint
    END
    WHERE c.transaction_id = s.transaction_id AND c.change_set_id = s.id
    GROUP BY 1, 2, 4
) AS touched ON true
WHERE s.uuid = %(uuid)s
"""

HOW_MANY = """
SELECT count(*) FROM (
    SELECT DISTINCT c.subject, c.row_id
    FROM unnest(%(change_set_ids)s::bigint[]) AS given (id)
    JOIN change_set AS s ON s.id = given.id
    CROSS JOIN LATERAL (
        SELECT subject, row_id FROM change
        WHERE transaction_id = s.transaction_id AND change_set_id = s.id
        OFFSET 0
    ) AS c
    WHERE c.subject IN ('program_enrollment', 'course_enrollment', 'course_role')
) AS touched
"""


class _Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be taken back."""

    what: Undone
    id: str
    program: ProgramOutline
    kind: RosterKind
    name: str
    change_sets: Sequence[int]


class _Touched(msgspec.Struct, frozen=True):
    """How much of one kind, and of whom, a change set has written."""

    id: int
    subject: str | None
    program: UUID | None
    organization_id: int | None
    times: int


def undo_job(*, uuid: UUID, limits: PlanLimits, by: Actor, at: datetime, reason: str = "") -> Plan:
    """Make a plan that takes back what a roster job has written.

    Raises:
        UnknownJob: there is none that the actor may know of.
        PermissionMissing: the actor may not write enrollments of the program's organization.
        StillWriting: it is not finished.
        NothingToUndo: it has written nothing.
        InvalidReason: the reason cannot be kept.
        NobodyWorksForIt: it is long, and the actor has no account.
    """
    job = get_job(uuid=uuid, by=by)
    program = get_program(key=str(job.program.uuid))
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    if not JobState(job.state).is_final:
        raise StillWriting(f"The job is {job.state}: cancel it, or wait for its end.")
    writing = _Writing(
        what=Undone.JOB,
        id=str(uuid),
        program=program,
        kind=RosterKind(job.kind),
        name=job.name,
        change_sets=job.change_sets,
    )
    return _make_undo(writing, limits=limits, by=by, at=at, reason=reason)


def undo_plan(
    *, uuid: UUID, limits: PlanLimits, by: Actor, at: datetime, reason: str = ""
) -> Plan:
    """Make a plan that takes back what an applied plan has written; that may be an undo.

    Raises:
        UnknownPlan: there is none that the actor may know of.
        PermissionMissing: the actor may not write enrollments of the program's organization.
        StillWriting: it is being applied.
        NothingToUndo: it is not applied, or has written nothing.
        InvalidReason: the reason cannot be kept.
        NobodyWorksForIt: it is long, and the actor has no account.
    """
    plan = get_plan(uuid=uuid, by=by)
    if plan.outcome == Outcome.APPLYING:
        raise StillWriting("The plan is being applied: wait for its end.")
    writing = _Writing(
        what=Undone.PLAN,
        id=str(uuid),
        program=program_of(plan),
        kind=RosterKind(plan.job.kind),
        name=plan.job.name,
        change_sets=plan.job.change_sets,
    )
    return _make_undo(writing, limits=limits, by=by, at=at, reason=reason)


def undo_change_set(
    *, uuid: UUID, limits: PlanLimits, by: Actor, at: datetime, reason: str = ""
) -> Plan:
    """Make a plan that takes back what one change set has written of one program.

    Raises:
        UnknownChangeSet: there is none that the actor may know of.
        PermissionMissing: the actor may not write enrollments of the program's organization.
        OnlyBindings: it has changed identities alone.
        NotOfOneProgram: it has written direct grants, or enrollments of several programs.
        InvalidReason: the reason cannot be kept.
        NobodyWorksForIt: it is long, and the actor has no account.
    """
    touched = _list_touched(uuid)
    enrollments = [each for each in touched if each.subject not in {"identity", None}]
    if not _may_know(touched, by):
        raise UnknownChangeSet(f"There is no change set {uuid}.")
    if not enrollments:
        raise OnlyBindings("It has changed identities alone; link or unlink them by hand.")
    programs = {each.program for each in enrollments}
    program_uuid = next(iter(programs))
    if len(programs) > 1 or program_uuid is None:
        raise NotOfOneProgram("It has written direct grants, or in several programs.")
    program = get_program(key=str(program_uuid))
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    has_programs = any(each.subject == "program_enrollment" for each in enrollments)
    writing = _Writing(
        what=Undone.CHANGE_SET,
        id=str(uuid),
        program=program,
        kind=RosterKind.PROGRAM if has_programs else RosterKind.COURSE,
        name="",
        change_sets=[enrollments[0].id],
    )
    return _make_undo(writing, limits=limits, by=by, at=at, reason=reason)


def _make_undo(
    writing: _Writing, *, limits: PlanLimits, by: Actor, at: datetime, reason: str
) -> Plan:
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


def _list_touched(uuid: UUID) -> list[_Touched]:
    params: dict[str, Any] = {"uuid": uuid}
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, params)
        return [_Touched(*row) for row in cursor.fetchall()]


def _may_know(touched: Sequence[_Touched], by: Actor) -> bool:
    """Tell whether all that a change set has written is of schools whose enrollments one reads."""
    programs = {each.program for each in touched if each.program is not None}
    schools = {each.organization_id for each in touched if each.subject == "identity"}
    schools |= {get_program(key=str(uuid)).organization_id for uuid in programs}
    if not schools:
        return False
    return all(_may_read(by, school) for school in schools)


def _may_read(by: Actor, organization_id: int | None) -> bool:
    return has_permission(by, Permission.ENROLLMENTS_READ, organization_id=organization_id)
