"""Undoing: a plan that takes back what a job, a plan or a change set has written.

Nothing is written by it; it is applied like any other plan. What somebody has changed since is
listed as such and left alone, and so is what others have come to depend on. Identities stay, and
who they are bound to.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from matricula.lms.access.api import (
    Permission,
    list_permitted_organizations,
    require_permission,
)
from matricula.lms.catalog.api import get_program
from matricula.lms.kernel.api import Actor, Conflict, NotFound
from matricula.lms.plans.following import get_plan, program_of
from matricula.lms.plans.making import PlanLimits
from matricula.lms.plans.making_undos import NotOfOneProgram, StillWriting, Writing, make_undo
from matricula.lms.plans.models import Outcome, Plan, Undone
from matricula.lms.plans.touching import Touched, kind_of, list_touched_by_change_set
from matricula.lms.rosters.api import JobState, RosterKind, get_job


class OnlyBindings(Conflict):
    """It has changed whose identities are, and no enrollment; that is undone by unlinking."""

    code = "only-bindings"


class UnknownChangeSet(NotFound):
    """There is no such change set that the actor may know of."""

    code = "change-set-not-found"


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
    writing = Writing(
        what=Undone.JOB,
        id=str(uuid),
        program=program,
        kind=RosterKind(job.kind),
        name=job.name,
        change_sets=job.change_sets,
    )
    return make_undo(writing, limits=limits, by=by, at=at, reason=reason)


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
    writing = Writing(
        what=Undone.PLAN,
        id=str(uuid),
        program=program_of(plan),
        kind=RosterKind(plan.job.kind),
        name=plan.job.name,
        change_sets=plan.job.change_sets,
    )
    return make_undo(writing, limits=limits, by=by, at=at, reason=reason)


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
    touched = list_touched_by_change_set(uuid=uuid)
    enrollments = [each for each in touched if each.is_of_enrollments]
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
    writing = Writing(
        what=Undone.CHANGE_SET,
        id=str(uuid),
        program=program,
        kind=kind_of(enrollments),
        name="",
        change_sets=[enrollments[0].id],
    )
    return make_undo(writing, limits=limits, by=by, at=at, reason=reason)


def _may_know(touched: Sequence[Touched], by: Actor) -> bool:
    """Tell whether all that a change set has written is of schools whose enrollments one reads.

    A direct grant is of none: what has written nothing else is known to who reads everywhere.
    """
    schools = {
        each.organization_id
        for each in touched
        if each.subject == "identity" or each.program is not None
    }
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    return bool(touched) if permitted is None else bool(schools) and schools <= permitted
