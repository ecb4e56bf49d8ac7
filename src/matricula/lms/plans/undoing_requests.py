"""Undoing requests: a plan that takes back what was written under the id of a request.

Who writes chooses that id, or finds it in the answer: so what was answered at once, and became no
job, can be taken back as a whole, and so can a file that was sent in several calls under one id.
"""

from collections.abc import Sequence
from datetime import datetime

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, Conflict
from matricula.lms.plans.making import PlanLimits
from matricula.lms.plans.making_undos import StillWriting, Writing, make_undo
from matricula.lms.plans.models import Outcome, Plan, Undone
from matricula.lms.plans.touching import Touched, kind_of, list_touched_by_request
from matricula.lms.rosters.api import is_still_writing


class NotOfOneCaller(Conflict):
    """Several others have written under the same id; each act can be undone by its change set."""

    code = "not-of-one-caller"


def undo_request(
    *,
    request_id: str,
    program: ProgramOutline,
    limits: PlanLimits,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Plan:
    """Make a plan that takes back what was written to a program under the id of a request.

    Anybody may have chosen the same id. What the actor has written under it counts alone, or if
    that is nothing, what one other has. An id that says nothing here, and one that nobody knows,
    are the same.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
        StillWriting: a job or plan under this id is not finished.
        NothingToUndo: nothing was written to the program under it.
        NotOfOneCaller: several have, and the actor is none of them.
        InvalidReason: the reason cannot be kept.
        NobodyWorksForIt: it is long, and the actor has no account.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    _require_finished(request_id, program)
    touched = _choose(request_id, program, by)
    writing = Writing(
        what=Undone.REQUEST,
        id=request_id,
        program=program,
        kind=kind_of(touched),
        name="",
        change_sets=sorted({each.id for each in touched}),
    )
    return make_undo(writing, limits=limits, by=by, at=at, reason=reason)


def _require_finished(request_id: str, program: ProgramOutline) -> None:
    applying = Plan.objects.filter(
        outcome=Outcome.APPLYING, applied_request_id=request_id, job__program_id=program.id
    )
    if is_still_writing(program=program, request_id=request_id) or applying.exists():
        raise StillWriting("It has begun a job or a plan that still writes: wait for its end.")


def _choose(request_id: str, program: ProgramOutline, by: Actor) -> Sequence[Touched]:
    """Return what is to be taken back; other programs, and who else used the id, are left out."""
    touched = list_touched_by_request(request_id=request_id)
    written = [each for each in touched if each.program == program.uuid]
    actors = {each.actor for each in written}
    if by.name in actors:
        return [each for each in written if each.actor == by.name]
    if len(actors) > 1:
        raise NotOfOneCaller("Several have written under this id; undo their change sets.")
    return written
