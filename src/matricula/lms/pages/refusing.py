"""Refusing: what an operation says no to, in the pages that Django has for it."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from matricula.lms.kernel.api import NotAllowed, NotFound

View = Callable[..., HttpResponse]


def telling_refusals(view: View) -> View:
    """Answer what is not there, or not for whoever asks, as an address that is not there."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as refusal:
            raise Http404 from refusal
        except NotAllowed as refusal:
            raise PermissionDenied from refusal

    return answer
