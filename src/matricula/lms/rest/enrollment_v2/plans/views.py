"""Plans: made of a roster, shown, applied, and given up."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from io import StringIO
from itertools import chain, islice
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.plans.api import Plan as StoredPlan
from matricula.lms.plans.api import (
    PlanLimits,
    PlannedRow,
    PlanStale,
    PlanState,
    apply_plan,
    discard_plan,
    get_plan,
    list_planned_rows,
    list_plans,
    make_plan,
)
from matricula.lms.rest.enrollment_v2.describing import PROBLEM, describe
from matricula.lms.rest.enrollment_v2.finding import find_program
from matricula.lms.rest.enrollment_v2.paging import Id, Page, follow, make_page, read_cursor
from matricula.lms.rest.enrollment_v2.plans.examples import PLAN
from matricula.lms.rest.enrollment_v2.plans.shapes import (
    NewPlanQuery,
    Plan,
    PlanAnswer,
    PlanAnswerPage,
    PlanAnswersQuery,
    PlannedRoster,
    PlanPage,
    PlansQuery,
    shape_moved,
    shape_plan,
    shape_row,
)
from matricula.lms.rest.enrollment_v2.rosters.examples import PROGRAM_ROWS, TEXT
from matricula.lms.rest.enrollment_v2.rosters.forms import (
    CONTENT_TYPES,
    CSV,
    JSON,
    NDJSON,
    choose_form,
    find_form,
    is_packed,
)
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView
from matricula.lms.rest.problems import Problem
from matricula.lms.rosters.api import Form, receive_roster
from matricula.service.escaping import write_cells
from matricula.service.problems import describe_problem

_encoder = msgspec.json.Encoder()


class PlansView(EnrollmentView):
    """Plans of the programs whose enrollments the caller writes."""

    @property
    def body_limit(self) -> int:  # type: ignore[override]  # read when it is asked for
        """The bytes of a roster that are taken."""
        return int(settings.ROSTER_BYTES)

    @describe(query=PlansQuery, answers={200: PlanPage}, refuses=[404])
    def get(self, request: Request) -> Response:
        """List plans, the newest first; they are forgotten after 30 days."""
        query = self.read_query(PlansQuery)
        found = list_plans(
            program=find_program(query.program, by=self.by) if query.program else None,
            before=read_cursor(query, Id),
            limit=query.page_size + 1,
            by=self.by,
        )
        page = make_page(
            request,
            query,
            found,
            key_of=lambda plan: plan.pk,
            shape=lambda plan: shape_plan(plan, request, at=self.at, is_listed=True),
        )
        return Response(page)

    @describe(
        takes={JSON: PlannedRoster, NDJSON: TEXT, CSV: TEXT},
        query=NewPlanQuery,
        answers={201: Plan, 202: Plan},
        refuses=[404],
        takes_example=PROGRAM_ROWS,
        example=PLAN,
    )
    def post(self, request: Request) -> Response:
        """Plan a roster: say what it would do with each row, and keep it to be applied so.

        JSON, NDJSON or CSV, packed with gzip or not. Nothing is written. Of more than 20,000 rows
        the plan is `planning`, and `ready` some time later.
        """
        query = self.read_query(NewPlanQuery)
        program = find_program(query.program, by=self.by)
        with receive_roster(
            stream=self.body,
            name=query.name,
            form=find_form(request),
            kind=query.kind,
            limit=self.body_limit,
            is_packed=is_packed(request),
        ) as file:
            plan = make_plan(
                file=file,
                program=program,
                mode=query.mode,
                limits=limits(),
                by=self.by,
                at=self.at,
                reason=query.reason,
            )
        return tell_made(plan, request, at=self.at)


class PlanView(EnrollmentView):
    """One plan."""

    @describe(answers={200: Plan}, refuses=[404], example=PLAN)
    def get(self, request: Request, uuid: UUID) -> Response:
        """Tell how a plan stands."""
        return Response(shape_plan(get_plan(uuid=uuid, by=self.by), request, at=self.at))

    @describe(answers={200: Plan}, refuses=[404])
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Give up a plan that is not applied."""
        plan = discard_plan(uuid=uuid, by=self.by, at=self.at)
        return Response(shape_plan(plan, request, at=self.at))


class PlanApplyView(EnrollmentView):
    """The carrying out of a plan."""

    is_done_once = True

    @describe(answers={200: Plan, 202: Plan}, refuses=[404], example=PLAN)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Do what a plan shows, all of it and exactly so, or nothing.

        Each row is judged again. If any is no longer what was planned, the answer is 409 with the
        code `plan-stale`, `moved_count`, and in `moved` the first 100 with line, key, what was
        planned and what is now; the plan is stale for good. Of more than 20,000 rows the plan is
        `applying`, and `applied` or `stale` some time later. It is done once, however often it is
        asked for.
        """
        try:
            plan = apply_plan(
                uuid=uuid, rows_at_once=settings.ROSTER_ROWS_AT_ONCE, by=self.by, at=self.at
            )
        except PlanStale as stale:
            return tell_stale(stale, request)
        is_done = plan.applied_at is not None
        status = HTTPStatus.OK if is_done else HTTPStatus.ACCEPTED
        return Response(shape_plan(plan, request, at=self.at), status=status)


class PlanAnswersView(EnrollmentView):
    """What a plan foresees of its rows."""

    @describe(
        query=PlanAnswersQuery,
        answers={200: {JSON: PlanAnswerPage, NDJSON: TEXT, CSV: TEXT}},
        refuses=[404],
    )
    def get(self, request: Request, uuid: UUID) -> HttpResponseBase:
        """List what a plan would do with its rows, as far as it is made.

        In JSON a page; in NDJSON or CSV all rows.
        """
        query = self.read_query(PlanAnswersQuery)
        plan = get_plan(uuid=uuid, by=self.by)
        chunks = list_planned_rows(plan=plan, action=query.action, after=query.after)
        form = choose_form(request)
        if form is Form.JSON:
            return Response(_make_page(chunks, query, request))
        pieces = _write_csv(chunks) if form is Form.CSV else _write_lines(chunks)
        return StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[form])


def limits() -> PlanLimits:
    """Return what the settings say of plans."""
    return PlanLimits(
        rows_at_once=settings.ROSTER_ROWS_AT_ONCE, kept_for=timedelta(days=settings.PLAN_DAYS)
    )


def tell_made(plan: StoredPlan, request: Request, *, at: datetime) -> Response:
    """Return the answer that a plan was made, or is being made."""
    shaped = shape_plan(plan, request, at=at)
    headers = {"Location": shaped.links.plan}
    if shaped.state is not PlanState.PLANNING:
        return Response(shaped, status=HTTPStatus.CREATED, headers=headers)
    return Response(shaped, status=HTTPStatus.ACCEPTED, headers={**headers, "Retry-After": "1"})


def tell_stale(stale: PlanStale, request: Request) -> Response:
    """Return the refusal of a plan with what has moved."""
    problem = Problem(HTTPStatus.CONFLICT, stale.code, str(stale))
    told = {
        **describe_problem(problem, request),
        "moved_count": stale.plan.moved_count,
        "moved": shape_moved(stale.plan),
    }
    return Response(told, status=HTTPStatus.CONFLICT, content_type=PROBLEM)


def _make_page(
    chunks: Iterator[list[PlannedRow]], query: PlanAnswersQuery, request: Request
) -> Page[PlanAnswer]:
    found = list(islice(chain.from_iterable(chunks), query.page_size + 1))
    rows = found[: query.page_size]
    more = len(found) > query.page_size
    following = follow(request, str(rows[-1].line), name="after") if more else None
    return Page([shape_row(row) for row in rows], following)


def _write_lines(chunks: Iterator[list[PlannedRow]]) -> Iterator[bytes]:
    for chunk in chunks:
        yield _encoder.encode_lines(chunk)


def _write_csv(chunks: Iterator[Sequence[PlannedRow]]) -> Iterator[bytes]:
    yield _as_csv([list(PlannedRow.__struct_fields__)])
    for chunk in chunks:
        yield _as_csv([list(map(str, msgspec.structs.astuple(row))) for row in chunk])


def _as_csv(rows: list[list[str]]) -> bytes:
    text = StringIO(newline="")
    write_cells(rows, text)
    return text.getvalue().encode()
