"""Forgetting what is remembered of the LMS's catalog."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.catalog.api import forget_courses
from matricula.registrar.partners.api import get_program
from matricula.registrar.rest.viewing import ApiView


@extend_schema(exclude=True)
class Cache(ApiView):
    """What is remembered of all programs, or of one."""

    def delete(self, request: Request, key: str | None = None) -> Response:
        """Forget it. Whoever is none of the platform's staff finds nothing here."""
        del request
        if not self.by.is_staff:
            raise Http404
        program = None if key is None else get_program(key=key)
        forget_courses(program=program, by=self.by)
        return Response(status=204)
