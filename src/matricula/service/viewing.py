"""What the views of all services have in common: nobody in particular gets in, and refusals."""

from typing import Any, ClassVar

from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from matricula.service.parsing import require_length
from matricula.service.problems import Handler


class ServiceView(APIView):
    """A view that only somebody with an account may call, unless ``is_public``.

    ``answer_error`` is the surface's envelope.
    """

    is_public = False
    answer_error: ClassVar[Handler]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Find out who calls, before anything is looked at."""
        account_id = getattr(request.user, "pk", None)
        if account_id is not None:
            request.META["matricula.account_id"] = account_id
        elif not self.is_public:
            raise NotAuthenticated
        if request.method not in SAFE_METHODS and not self.may_write(request.auth):
            raise PermissionDenied("This token is for reading alone.")
        require_length(request)
        super().initial(request, *args, **kwargs)

    def may_write(self, auth: Any) -> bool:  # noqa: ANN401  what the service's authentication gives
        """Tell whether who calls in this way may change anything at all."""
        del auth
        return True

    def get_exception_handler(self) -> Handler:
        """Return the surface's way to tell what went wrong."""
        return type(self).answer_error
