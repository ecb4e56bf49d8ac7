"""The shapes of plans and of what they foresee, as they are on the wire."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.urls import reverse
from rest_framework.request import Request

from matricula.lms.kernel.api import Action, WriteMode
from matricula.lms.ledger.api import REASON_LENGTH
from matricula.lms.plans.api import Plan as StoredPlan
from matricula.lms.plans.api import PlannedRow, PlanState, Undone, map_keys
from matricula.lms.rest.enrollment_v2.paging import LARGEST_PAGE, PAGE_SIZE, Page, PageQuery
from matricula.lms.rest.enrollment_v2.rosters.shapes import ACTIONS, NAME_LENGTH, NAMELESS
from matricula.lms.rosters.api import RosterKind

UNDO_ACTIONS = (Action.UNDO, Action.UNCHANGED, Action.REFUSE)
LAST_LINE = 2**31 - 1

Reason = Annotated[
    str, msgspec.Meta(max_length=REASON_LENGTH, description="Why; it is kept with the change.")
]


class NewPlanQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be planned."""

    program: Annotated[str, msgspec.Meta(description="A program's key or uuid.")]
    kind: Annotated[
        RosterKind,
        msgspec.Meta(description="Whether it is about the program or about its course runs."),
    ]
    mode: Annotated[
        WriteMode, msgspec.Meta(description="Whether rows are added, changed or both.")
    ] = WriteMode.UPSERT
    name: Annotated[
        str, msgspec.Meta(max_length=NAME_LENGTH, description="Of the file, kept with the change.")
    ] = NAMELESS
    reason: Reason = ""


class PlannedRosterRow(msgspec.Struct, frozen=True):
    """A row of either kind of roster; of a program's it has no course."""

    student_key: str
    status: str
    course_id: str | None = None
    course_staff: bool | str | None = None
    curriculum_uuid: str | None = None


class PlannedRoster(msgspec.Struct, frozen=True):
    """Rows of one kind; the list of them alone will do as well."""

    rows: Sequence[PlannedRosterRow]


class PlansQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which plans, and which page of them."""

    program: Annotated[str | None, msgspec.Meta(description="A program's key or uuid.")] = None


class UndoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is to be taken back."""

    reason: Reason = ""


class RequestUndoQuery(UndoQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which program what a request has written is to be taken back, and why."""

    program: Annotated[str, msgspec.Meta(description="A program's key or uuid.")]


class PlanAnswersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows of a plan; in other forms than JSON all of them, on one page."""

    action: Annotated[
        Action | None, msgspec.Meta(description="With which that would be done.")
    ] = None
    after: Annotated[int, msgspec.Meta(ge=0, le=LAST_LINE, description="Behind this line.")] = 0
    page_size: Annotated[
        int, msgspec.Meta(ge=1, le=LARGEST_PAGE, description="Rows of a page.")
    ] = PAGE_SIZE


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What would be done with a row, and what is there before; empty for nothing."""

    action: Action
    verdict: str
    before: str


class MovedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is no longer what was planned."""

    line: int
    student_key: str
    planned: Standing
    now: Standing


class Undoes(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo takes back."""

    what: Undone
    id: str


class PlanLinks(msgspec.Struct, frozen=True):
    """Where a plan is, what it foresees, and where it is applied and, once applied, undone."""

    plan: str
    answers: str
    apply: str
    undo: str


class PlanFailure(msgspec.Struct, frozen=True):
    """Why a plan has failed; nothing of it is written."""

    code: str
    detail: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a roster, or an undo, would do, and what has become of it.

    `planned` is how many of `rows` are judged so far; `counts` are by action, `verdicts` by
    verdict. An undo has no mode. `moved` are the first 100 of the rows that have made it stale; in
    a list of plans they are left out, and `moved_count` tells how many there are.
    """

    id: str
    program: str
    kind: RosterKind
    name: str
    mode: WriteMode | None
    reason: str
    state: PlanState
    rows: int
    planned: int
    counts: Mapping[Action, int]
    verdicts: Mapping[str, int]
    undoes: Undoes | None
    created_at: datetime
    created_by: str
    expires_at: datetime
    applied_at: datetime | None
    applied_by: str | None
    moved_count: int
    moved: Sequence[MovedRow]
    failure: PlanFailure | None
    links: PlanLinks


class PlanPage(Page[Plan], frozen=True):
    """A page of plans, the newest first."""


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What would be done with a row, what is there before, and what would be after.

    `before` and `after` are a status, with `, staff` where the row says that, or empty: nothing is
    there, or nothing can be said. `course` is empty in the roster of a program.
    """

    line: int
    student_key: str
    course: str
    action: Action
    verdict: str
    reason: str
    before: str
    after: str


class PlanAnswerPage(Page[PlanAnswer], frozen=True):
    """A page of the rows of a plan, by line."""


def shape_plan(
    plan: StoredPlan, request: Request, *, at: datetime, is_listed: bool = False
) -> Plan:
    """Return a plan as it is sent at a moment; in a list without what its rows have to say."""
    job = plan.job
    is_applied = plan.applied_at is not None
    return Plan(
        id=str(job.uuid),
        program=job.program.key,
        kind=RosterKind(job.kind),
        name=job.name,
        mode=None if plan.is_undo else WriteMode(job.mode),
        reason=job.reason,
        state=plan.state_at(at),
        rows=job.rows,
        planned=job.answered,
        counts={
            action: job.counts.get(action.value, 0)
            for action in (UNDO_ACTIONS if plan.is_undo else ACTIONS)
        },
        verdicts=job.verdicts,
        undoes=Undoes(what=Undone(plan.undoes), id=plan.undoes_id) if plan.is_undo else None,
        created_at=job.created_at,
        created_by=plan.made_by,
        expires_at=plan.expires_at,
        applied_at=plan.applied_at,
        applied_by=plan.applied_by if is_applied else None,
        moved_count=plan.moved_count,
        moved=[] if is_listed else shape_moved(plan),
        failure=_shape_failure(plan),
        links=PlanLinks(
            *(
                request.build_absolute_uri(reverse(name, args=[job.uuid]))
                for name in ("plan", "plan-answers", "plan-apply", "plan-undo")
            )
        ),
    )


def shape_moved(plan: StoredPlan) -> list[MovedRow]:
    """Return the rows that have made a plan stale as they are sent."""
    stored: list[dict[str, Any]] = plan.moved
    keys = map_keys(plan=plan, lines=[each["line"] for each in stored])
    return [
        msgspec.convert({**each, "student_key": keys.get(each["line"], "")}, MovedRow)
        for each in stored
    ]


def shape_row(row: PlannedRow) -> PlanAnswer:
    """Return a row of a plan as it is sent."""
    return msgspec.convert(row, PlanAnswer, from_attributes=True)


def _shape_failure(plan: StoredPlan) -> PlanFailure | None:
    if plan.failure_code:
        return PlanFailure(plan.failure_code, plan.failure)
    job = plan.job
    return PlanFailure(job.failure_code, job.failure) if job.failure_code else None
