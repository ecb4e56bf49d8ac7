"""Undoing: plans that take back what was written."""

from collections.abc import Callable
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.plans.api import Plan as StoredPlan
from matricula.lms.plans.api import undo_change_set, undo_job, undo_plan, undo_request
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_program
from matricula.lms.rest.enrollment_v2.plans.examples import UNDO
from matricula.lms.rest.enrollment_v2.plans.shapes import Plan, RequestUndoQuery, UndoQuery
from matricula.lms.rest.enrollment_v2.plans.views import limits, tell_made
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

Undo = Callable[..., StoredPlan]


class UndoView(EnrollmentView):
    """What the ways to take something back have in common."""

    def undo(self, request: Request, operation: Undo, uuid: UUID) -> Response:
        """Make a plan of it."""
        query = self.read_query(UndoQuery)
        plan = operation(uuid=uuid, limits=limits(), by=self.by, at=self.at, reason=query.reason)
        return tell_made(plan, request, at=self.at)


class JobUndoView(UndoView):
    """The undoing of a roster job."""

    @describe(query=UndoQuery, answers={201: Plan, 202: Plan}, refuses=[404], example=UNDO)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Plan to take back what a job has written.

        Nothing is written before the plan is applied. Each enrollment, course and staff role that
        the job has written becomes what it was before. What somebody has changed since is refused
        as `changed-since`, with who and when, and left alone; what others have come to depend on,
        as `depended-on`. Identities stay, and who they are bound to.
        """
        return self.undo(request, undo_job, uuid)


class PlanUndoView(UndoView):
    """The undoing of an applied plan."""

    @describe(query=UndoQuery, answers={201: Plan, 202: Plan}, refuses=[404], example=UNDO)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Plan to take back what an applied plan has written; an undo, too."""
        return self.undo(request, undo_plan, uuid)


class ChangeSetUndoView(UndoView):
    """The undoing of one act."""

    @describe(query=UndoQuery, answers={201: Plan, 202: Plan}, refuses=[404], example=UNDO)
    def post(self, request: Request, uuid: UUID) -> Response:
        """Plan to take back what one change set has written.

        It must be of one program, and of more than bindings: those are undone by unlinking.
        """
        return self.undo(request, undo_change_set, uuid)


class RequestUndoView(EnrollmentView):
    """The undoing of a request, or of several under one id."""

    @describe(query=RequestUndoQuery, answers={201: Plan, 202: Plan}, refuses=[404], example=UNDO)
    def post(self, request: Request, request_id: str) -> Response:
        """Plan to take back what was written to a program under the id of a request.

        It is the `X-Request-ID` that the writer sent, or else that of the answer; of a write under
        an `Idempotency-Key`, the `Idempotency-Request-ID` of the answer. So a roster that was
        answered at once is taken back as a whole, and so is a file that was sent in several calls
        under one id. What the caller has written under it counts alone; if that is nothing, what
        somebody else has.
        """
        query = self.read_query(RequestUndoQuery)
        plan = undo_request(
            request_id=request_id,
            program=find_program(query.program, by=self.by),
            limits=limits(),
            by=self.by,
            at=self.at,
            reason=query.reason,
        )
        return tell_made(plan, request, at=self.at)
