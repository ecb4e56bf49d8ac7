"""Following plans: who may, how each stands, and what it foresees."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec

from matricula.lms.access.api import (
    Permission,
    has_permission,
    list_permitted_organizations,
    require_permission,
    require_permission_somewhere,
)
from matricula.lms.catalog.api import ProgramOutline, get_program
from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.kernel.api import Action, Actor, NotFound, strip_key
from matricula.lms.plans.models import Plan
from matricula.lms.plans.naming_actors import tell_reasons
from matricula.lms.rosters.api import Answer, list_foreseen


class UnknownPlan(NotFound):
    """There is no such plan that the actor may know of."""

    code = "plan-not-found"


class PlannedRow(msgspec.Struct, frozen=True, gc=False):
    """A row of a plan, and what is foreseen of it; ``course`` is empty in a program's roster."""

    line: int
    student_key: str
    course: str
    action: Action
    verdict: str
    reason: str
    before: str
    after: str


# A program is its first organization's.
PLANS = """
SELECT plan.* FROM plan
JOIN roster_job AS job ON job.id = plan.job_id
WHERE (%(program_id)s::bigint IS NULL OR job.program_id = %(program_id)s)
  AND (%(before)s::bigint IS NULL OR plan.job_id < %(before)s)
  AND (%(organization_ids)s::bigint[] IS NULL OR (
      SELECT link.organization_id FROM program_organization AS link
      WHERE link.program_id = job.program_id ORDER BY link.position LIMIT 1
  ) = ANY(%(organization_ids)s))
ORDER BY plan.job_id DESC LIMIT %(limit)s
"""


def get_plan(*, uuid: UUID, by: Actor) -> Plan:
    """Return a plan of a program whose enrollments the actor may write.

    Raises:
        UnknownPlan: there is none of a program whose enrollments the actor may read.
        PermissionMissing: the actor may read them, and not write.
    """
    plan = Plan.objects.select_related("job__program").filter(job__uuid=uuid).first()
    if plan is not None:
        organization_id = program_of(plan).organization_id
        if has_permission(by, Permission.ENROLLMENTS_READ, organization_id=organization_id):
            require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=organization_id)
            return plan
    raise UnknownPlan(f"There is no plan {uuid}.")


def list_plans(
    *,
    program: ProgramOutline | None = None,
    before: int | None = None,
    limit: int,
    by: Actor,
) -> list[Plan]:
    """Return plans of programs whose enrollments the actor may write, the newest first.

    ``before`` is the id of the last one of the page before.

    Raises:
        PermissionMissing: the actor may write enrollments nowhere.
    """
    require_permission_somewhere(by, Permission.ENROLLMENTS_WRITE)
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_WRITE)
    params: dict[str, Any] = {
        "program_id": program.id if program else None,
        "before": before,
        "organization_ids": None if permitted is None else sorted(permitted),
        "limit": limit,
    }
    return list(Plan.objects.raw(PLANS, params).prefetch_related("job__program"))


def list_planned_rows(
    *, plan: Plan, action: Action | None = None, after: int = 0
) -> Iterator[list[PlannedRow]]:
    """Yield the rows behind a line as they are foreseen so far, by line, a chunk at a time.

    With an ``action``, those rows alone with which that would be done.
    """
    for chunk in list_foreseen(job=plan.job, after=after):
        reasons = tell_reasons([answer.judgement for answer, _ in chunk])
        yield [
            PlannedRow(
                answer.judgement.line,
                *_name(answer),
                answer.judgement.action,
                answer.judgement.verdict,
                reason,
                foreseen.before,
                foreseen.after,
            )
            for (answer, foreseen), reason in zip(chunk, reasons, strict=True)
            if action in {None, answer.judgement.action} and answer.judgement.line > after
        ]


def map_keys(*, plan: Plan, lines: Sequence[int]) -> dict[int, str]:
    """Return the student keys of some lines of a plan."""
    wanted = set(lines)
    if not wanted:
        return {}
    found = chain.from_iterable(list_foreseen(job=plan.job, after=min(wanted) - 1))
    keys: dict[int, str] = {}
    for answer, _ in found:
        if answer.judgement.line in wanted:
            keys[answer.judgement.line] = strip_key(answer.row.student_key)
        if len(keys) == len(wanted):
            break
    return keys


def program_of(plan: Plan) -> ProgramOutline:
    """Return the program that a plan is of, as the catalog has it now."""
    return get_program(key=str(plan.job.program.uuid))


def _name(answer: Answer) -> tuple[str, str]:
    row = answer.row
    course = row.course_id.strip() if isinstance(row, CourseRow) else ""
    return strip_key(row.student_key), course
