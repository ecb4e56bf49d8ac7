"""The shapes of rosters, their answers and jobs, as they are on the wire."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.urls import reverse
from rest_framework.request import Request

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.kernel.api import Action, WriteMode, strip_key
from matricula.lms.ledger.api import REASON_LENGTH
from matricula.lms.rest.enrollment_v2.paging import Page, PageQuery
from matricula.lms.rosters.api import (
    Answer,
    AnsweredRoster,
    JobState,
    RosterJob,
    RosterKind,
    RosterOrder,
    tell_how_far,
)

NAME_LENGTH = 255
NAMELESS = "request body"

ACTIONS = (Action.CREATE, Action.UPDATE, Action.UNCHANGED, Action.REFUSE)
"""What may be done with a row of a roster."""

Wanted = Literal["all", "refused", "none"]


class RosterQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done with a roster."""

    mode: Annotated[
        WriteMode, msgspec.Meta(description="Whether rows are added, changed or both.")
    ] = WriteMode.UPSERT
    atomic: Annotated[
        bool, msgspec.Meta(description="Write nothing at all if any row is refused.")
    ] = False
    dry_run: Annotated[bool, msgspec.Meta(description="Say what would be, and write nothing.")] = (
        False
    )
    answers: Annotated[Wanted, msgspec.Meta(description="Which rows are answered one by one.")] = (
        "all"
    )
    reason: Annotated[
        str, msgspec.Meta(max_length=REASON_LENGTH, description="Why; it is kept with the change.")
    ] = ""
    name: Annotated[
        str, msgspec.Meta(max_length=NAME_LENGTH, description="Of the file, kept with the change.")
    ] = NAMELESS

    def as_order(self) -> RosterOrder:
        """Return what is to be done, in the words of rosters."""
        return RosterOrder(
            mode=self.mode, is_atomic=self.atomic, is_dry_run=self.dry_run, reason=self.reason
        )


class ProgramRosterRow(msgspec.Struct, frozen=True):
    """Who is in a program, and how. Without a curriculum the active one is meant."""

    student_key: str
    status: str
    curriculum_uuid: str | None = None


class CourseRosterRow(msgspec.Struct, frozen=True):
    """Who takes which course run; ``course_id`` is its key, or the school's own name of it."""

    student_key: str
    course_id: str
    status: str
    course_staff: bool | str | None = None
    curriculum_uuid: str | None = None


class ProgramRoster(msgspec.Struct, frozen=True):
    """Rows of a program's roster; the list of them alone will do as well."""

    rows: Sequence[ProgramRosterRow]


class CourseRoster(msgspec.Struct, frozen=True):
    """Rows of a program's course roster; the list of them alone will do as well."""

    rows: Sequence[CourseRosterRow]


class AnsweredRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was or would be done with a row; ``reason`` says why it is refused.

    ``line`` is that of the file, or in JSON the number of the row.
    """

    line: int
    student_key: str
    course_id: str | msgspec.UnsetType = msgspec.UNSET
    action: Action
    verdict: str
    reason: str


class RosterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a roster; ``applied`` says whether what could be written was."""

    program: str
    kind: RosterKind
    mode: WriteMode
    atomic: bool
    dry_run: bool
    applied: bool
    counts: Mapping[Action, int]
    verdicts: Mapping[str, int]
    rows: Sequence[AnsweredRow] | msgspec.UnsetType = msgspec.UNSET


class JobLinks(msgspec.Struct, frozen=True):
    """Where a job is, its result, and where it is canceled."""

    job: str
    result: str
    cancel: str


class JobFailure(msgspec.Struct, frozen=True):
    """Why a job has failed; what it had written stays."""

    code: str
    detail: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A roster that is worked off: how far it has come, and what has become of its rows so far."""

    uuid: str
    program: str
    kind: RosterKind
    mode: WriteMode
    atomic: bool
    dry_run: bool
    reason: str
    name: str
    state: JobState
    progress: Annotated[float, msgspec.Meta(ge=0, le=1)]
    rows: int
    answered: int
    applied: bool
    counts: Mapping[Action, int]
    verdicts: Mapping[str, int]
    detail: str
    failure: JobFailure | None
    is_cancel_requested: bool
    request_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: JobLinks


class JobPage(Page[Job], frozen=True):
    """A page of jobs, the newest first."""


class JobQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which jobs, and which page of them."""

    program: Annotated[str | None, msgspec.Meta(description="A program's key or uuid.")] = None
    state: Annotated[JobState | None, msgspec.Meta(description="How they stand.")] = None


class ResultQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which answers of a job."""

    answers: Annotated[
        Literal["all", "refused"], msgspec.Meta(description="Which rows are answered.")
    ] = "all"
    so_far: Annotated[
        bool, msgspec.Meta(description="Give what there is, if the job is not finished.")
    ] = False


def shape_row(answer: Answer) -> AnsweredRow:
    """Return the answer to a row as it is sent."""
    row, judged = answer.row, answer.judgement
    return AnsweredRow(
        line=judged.line,
        student_key=strip_key(row.student_key),
        course_id=row.course_id.strip() if isinstance(row, CourseRow) else msgspec.UNSET,
        action=judged.action,
        verdict=judged.verdict,
        reason=judged.reason,
    )


def shape_answer(
    roster: AnsweredRoster, *, program: ProgramOutline, order: RosterOrder
) -> RosterAnswer:
    """Return what became of a roster, without its rows."""
    verdicts: Counter[str] = Counter()
    for (_, verdict), number in roster.verdicts.items():
        verdicts[verdict] += number
    return RosterAnswer(
        program=program.key,
        kind=RosterKind.COURSE if roster.layout.is_course_roster else RosterKind.PROGRAM,
        mode=order.mode,
        atomic=order.is_atomic,
        dry_run=order.is_dry_run,
        applied=roster.is_applied,
        counts={action: roster.actions[action] for action in ACTIONS},
        verdicts=verdicts,
    )


def shape_job_answer(job: RosterJob) -> RosterAnswer:
    """Return what has become of a job's roster, without its rows."""
    return RosterAnswer(
        program=job.program.key,
        kind=RosterKind(job.kind),
        mode=WriteMode(job.mode),
        atomic=job.is_atomic,
        dry_run=job.is_dry_run,
        applied=job.is_applied,
        counts=_all_counts(job),
        verdicts=job.verdicts,
    )


def shape_job(job: RosterJob, request: Request) -> Job:
    """Return a job as it is sent."""
    return Job(
        uuid=str(job.uuid),
        program=job.program.key,
        kind=RosterKind(job.kind),
        mode=WriteMode(job.mode),
        atomic=job.is_atomic,
        dry_run=job.is_dry_run,
        reason=job.reason,
        name=job.name,
        state=JobState(job.state),
        progress=round(job.answered / job.rows, 4) if job.rows else 0.0,
        rows=job.rows,
        answered=job.answered,
        applied=job.is_applied,
        counts=_all_counts(job),
        verdicts=job.verdicts,
        detail=tell_how_far(job),
        failure=JobFailure(job.failure_code, job.failure) if job.failure_code else None,
        is_cancel_requested=job.cancel_requested_at is not None,
        request_id=job.request_id,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        links=JobLinks(
            *(
                request.build_absolute_uri(reverse(name, args=[job.uuid]))
                for name in ("roster-job", "roster-job-result", "roster-job-cancel")
            )
        ),
    )


def _all_counts(job: RosterJob) -> dict[Action, int]:
    return {action: job.counts.get(action.value, 0) for action in ACTIONS}
