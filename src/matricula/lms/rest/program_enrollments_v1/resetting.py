"""E7: starting a school over, where integrations are tried out."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission_somewhere
from matricula.lms.organizations.api import UnknownOrganization
from matricula.lms.preemptive_enrollments.api import is_reset_enabled, reset_organization
from matricula.lms.rest import problems
from matricula.lms.rest.program_enrollments_v1.viewing import SurfaceView

NOT_ENABLED = "reset not enabled on this environment"
NO_ORGANIZATION = "organization is required"
UNKNOWN_ORGANIZATION = "organization not found"


class IntegrationReset(SurfaceView):
    """Starting over. It answers in bare strings, and in ``detail`` about who calls."""

    answer_error: ClassVar[problems.Handler] = problems.answer_detail

    def post(self, request: Request) -> Response:
        """Start the organization over."""
        require_permission_somewhere(self.by, Permission.ENROLLMENTS_WRITE)
        if not is_reset_enabled():
            return Response(NOT_ENABLED, status=HTTPStatus.NOT_IMPLEMENTED)
        said = request.data if isinstance(request.data, Mapping) else {}
        key = said.get("organization")
        if not isinstance(key, str) or not key.strip():
            return Response(NO_ORGANIZATION, status=HTTPStatus.BAD_REQUEST)
        try:
            reset_organization(key=key, by=self.by, at=self.at)
        except UnknownOrganization:
            return Response(UNKNOWN_ORGANIZATION, status=HTTPStatus.NOT_FOUND)
        return Response("success")
