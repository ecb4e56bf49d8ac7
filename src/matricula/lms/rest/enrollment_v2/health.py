"""Whether the service works, for who watches over it."""

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.kernel.api import require_database
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView


class Health(msgspec.Struct, frozen=True):
    """That the service and its database answer."""

    status: str


class HealthView(EnrollmentView):
    """Anybody may ask, any number of times."""

    is_public = True
    authentication_classes = ()
    throttle_classes = ()

    @describe(answers={200: Health}, refuses=[503], example={"status": "ok"})
    def get(self, request: Request) -> Response:
        """Tell whether the service and its database answer."""
        del request
        require_database()
        return Response(Health("ok"))
