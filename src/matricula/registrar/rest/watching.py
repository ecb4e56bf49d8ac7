"""What a console needs before it can call, and what whoever watches over the service asks."""

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.rest.viewing import ApiView
from matricula.service.reaching import DatabaseAway, require_database

OK, UNAVAILABLE = "OK", "UNAVAILABLE"


@extend_schema(exclude=True)
class Health(ApiView):
    """Whether the service works. Anybody may ask, any number of times."""

    is_public = True
    authentication_classes = ()
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        """Tell whether the database answers."""
        del request
        try:
            require_database()
        except DatabaseAway:
            return Response(_say(UNAVAILABLE), status=503)
        return Response(_say(OK))


@extend_schema(exclude=True)
class CsrfToken(ApiView):
    """What a console must send along with its writes."""

    is_public = True
    authentication_classes = ()

    def get(self, request: Request) -> Response:
        """Tell it, and set its cookie."""
        token = get_token(request._request)  # noqa: SLF001  Django's own
        return Response({"csrfToken": token}, headers={"Cache-Control": "no-store"})


def _say(status: str) -> dict[str, object]:
    return {"overall_status": status, "detailed_status": {"database_status": status}}
