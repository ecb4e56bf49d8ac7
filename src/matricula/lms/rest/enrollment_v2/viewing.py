"""What the views of Enrollment API v2 have in common.

Bodies and queries are structs, read strictly; errors are problems; a read has an ETag, and a write
under an ``Idempotency-Key`` is carried out once.
"""

from typing import IO, Any, ClassVar, TypeVar, cast

import msgspec
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.rest import problems
from matricula.lms.rest.enrollment_v2 import caching, reading, repeating
from matricula.lms.rest.viewing import ApiView
from matricula.service.parsing import BODY_LIMIT
from matricula.service.rendering import JsonRenderer

Wanted = TypeVar("Wanted")
Query = TypeVar("Query", bound=msgspec.Struct)

SAFE = {"GET", "HEAD", "OPTIONS"}


class EnrollmentView(ApiView):
    """A view of this surface. ``body_limit`` is the bytes of a body that it takes.

    What ``is_done_once`` by itself needs no kept answer: what it writes stays, refused or not.
    """

    answer_error: ClassVar[problems.Handler] = problems.answer_problem
    is_done_once: ClassVar[bool] = False
    body_limit: ClassVar[int] = BODY_LIMIT

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer a read with its ETag, and a write once if it has a key."""
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(self.request, *args, **kwargs)
            if self.request.method in SAFE:
                return caching.answer_unless_known(request, self._finish(self._answer()))
            if self.is_done_once or not hasattr(self, str(self.request.method).lower()):
                return self._finish(self._answer())
            answered = repeating.answer_once(
                self.request,
                at=self.at,
                limit=self.body_limit,
                answer=lambda: self._finish(self._answer_or_tell()),
            )
        except Exception as error:  # noqa: BLE001  told as a problem, and logged if nobody expected it
            return self._finish(self.handle_exception(error))
        return answered

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Find out who calls; no name of ours has a null character."""
        super().initial(request, *args, **kwargs)
        if any("\x00" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404

    def handle_exception(self, exc: Exception) -> Response:
        """Tell what went wrong, in JSON whatever was asked for."""
        response = super().handle_exception(exc)
        self.request.accepted_renderer = JsonRenderer()
        self.request.accepted_media_type = JsonRenderer.media_type
        return response

    @property
    def body(self) -> IO[bytes]:
        """The bytes of the body, to be read once."""
        return repeating.open_body(self.request)

    def read_body(self, wanted: type[Wanted]) -> Wanted:
        """Return what the body says, as a struct.

        Raises:
            BodyTooLarge, InvalidBody, NotJson, UnsupportedCharset: it cannot be read.
        """
        return reading.read_json(self.request, self.body, wanted, limit=self.body_limit)

    def read_query(self, wanted: type[Query]) -> Query:
        """Return what the query says, as a struct.

        Raises:
            InvalidParameter: one is unknown, given twice, or not what it must be.
        """
        return reading.read_query(self.request, wanted)

    def _answer(self) -> HttpResponseBase:
        method = (self.request.method or "").lower()
        known = method if method in self.http_method_names else ""
        answer = getattr(self, known, self.http_method_not_allowed)
        return cast("HttpResponseBase", answer(self.request, *self.args, **self.kwargs))

    def _answer_or_tell(self) -> HttpResponseBase:
        try:
            return self._answer()
        except Exception as error:  # noqa: BLE001  as above; what it has begun is undone with it
            return self.handle_exception(error)

    def _finish(self, response: Any) -> HttpResponseBase:  # noqa: ANN401  ours or Django's
        finished: HttpResponseBase = self.finalize_response(
            self.request, response, *self.args, **self.kwargs
        )
        return finished.render() if isinstance(finished, Response) else finished
