"""Allowing e-mail addresses into course runs, before or after somebody has an account."""

from http import HTTPStatus

from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import UnknownCourseRun
from matricula.lms.preemptive_enrollments.api import (
    allow_enrollment,
    disallow_enrollment,
    list_allowances,
)
from matricula.lms.rest.enrollment_v1.presenting import present_allowance
from matricula.lms.rest.enrollment_v1.reading import AllowanceBody, convert
from matricula.lms.rest.enrollment_v1.viewing import EnrollmentView


class Allowances(EnrollmentView):
    """The course runs that addresses are allowed into."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Find out who calls; who may not is told so before anything is looked at."""
        super().initial(request, *args, **kwargs)
        is_read = request.method in {"GET", "HEAD", "OPTIONS"}
        wanted = Permission.ENROLLMENTS_READ if is_read else Permission.ENROLLMENTS_WRITE
        require_permission(self.by, wanted)

    def get(self, request: Request) -> Response:
        """Answer with those of an address, or with those of the caller's own."""
        address, own = request.query_params.get("email"), self.own_account
        if address:
            found = list_allowances(addresses=[address.replace(" ", "+")], by=self.by)
        elif own:
            found = list_allowances(addresses=[own.email], account_id=own.pk, by=self.by)
        else:
            found = []
        return Response([present_allowance(each) for each in found])

    def post(self, request: Request) -> Response:
        """Allow an address in."""
        said = convert(request.data, AllowanceBody)
        try:
            made = allow_enrollment(
                address=said.email,
                course_run=said.course_id,
                is_active=said.auto_enroll,
                by=self.by,
                at=self.at,
            )
        except UnknownCourseRun as refusal:
            raise ParseError(str(refusal)) from None
        return Response(present_allowance(made), status=HTTPStatus.CREATED)

    def delete(self, request: Request) -> Response:
        """Take it back."""
        said = convert(request.data, AllowanceBody)
        disallow_enrollment(address=said.email, course_run=said.course_id, by=self.by, at=self.at)
        return Response(status=HTTPStatus.NO_CONTENT)
