"""Leaving: the step of a person's retirement that ends their enrollments."""

from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.catalog.api import CourseRunKey
from matricula.lms.course_enrollments.api import unenroll_account
from matricula.lms.rest.enrollment_v1.viewing import EnrollmentView

REASON = "unenrolled before retirement"


class Unenrollment(EnrollmentView):
    """Ends what was granted to somebody directly."""

    def post(self, request: Request) -> Response:
        """Answer with the organizations of the course runs that somebody was in."""
        said = request.data if isinstance(request.data, dict) else {}
        username = said.get("username")
        keys = unenroll_account(
            username=username if isinstance(username, str) else "",
            by=self.by,
            at=self.at,
            reason=REASON,
        )
        if not keys:
            return Response(status=HTTPStatus.NO_CONTENT)
        return Response(list(dict.fromkeys(CourseRunKey.parse(key).organization for key in keys)))
