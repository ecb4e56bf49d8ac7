"""Seats: one cheap yes or no for other services."""

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.learners.api import find_visible_seat_mode
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView


class SeatAnswer(msgspec.Struct, frozen=True, rename={"is_in": "in"}):
    """Whether a learner is in a course run, and in which mode; `mode` is null if not."""

    username: str
    course_run: str
    is_in: bool
    mode: str | None


class SeatView(EnrollmentView):
    """The seat of an account in a course run."""

    @describe(
        answers={200: SeatAnswer},
        refuses=[404],
        example={
            "username": "mira",
            "course_run": "course-v1:RiverU+HYD1+2031_T1",
            "in": True,
            "mode": "masters",
        },
    )
    def get(self, request: Request, username: str, course_run: str) -> Response:
        """Tell whether a learner is in a course run, and in which mode.

        Everybody may ask of themselves. A course run that nobody knows has nobody in it.
        """
        del request
        mode = find_visible_seat_mode(username=username, course_run=course_run, by=self.by)
        return Response(SeatAnswer(username, course_run, mode is not None, mode))
