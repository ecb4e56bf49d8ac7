"""What refusals, and everything else that goes wrong, become in HTTP. Nothing else knows it.

Each surface has its own envelope; the status is one decision for all of a service.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from rest_framework import exceptions
from rest_framework.response import Response

from matricula.service.losing import is_connection_lost
from matricula.service.refusals import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    Unavailable,
)
from matricula.service.tracing import request_id_of

log = structlog.get_logger("matricula.problem")

STATUSES_OF_KINDS: Mapping[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 400,
    Unavailable: 503,
}
RETRY_SECONDS = "5"
MALFUNCTION = "Something went wrong on our side. It is logged under the request's id."
AWAY = "The database cannot be reached now. Nothing was lost; try again."
NOT_FOUND = "There is nothing at this address."
UNREADABLE = (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError)
"""What Django says of requests that it cannot read, or that end in the middle."""

PROBLEM = "application/problem+json"
CALLS = "/api/"
"""Below it are programs alone, whatever they accept."""

Handler = Callable[[Exception, dict[str, Any]], Response]


class Problem:
    """What went wrong, in words that any envelope can hold."""

    def __init__(
        self,
        status: int,
        code: str,
        words: Any,  # noqa: ANN401  a sentence, or the structure of a validator
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Be made by ``Problems.find``."""
        self.status = status
        self.code = code
        self.words = words
        self.headers = dict(headers or {})


class Problems:
    """A service's way to tell what went wrong. ``statuses`` are of refusals unlike their kind.

    ``page`` is the template for people in a browser; it is given the problem, and nothing that
    would have to be asked of the database, which may be what went wrong.
    """

    def __init__(
        self, statuses: Mapping[type[Refusal], int] | None = None, *, page: str = ""
    ) -> None:
        """Know the five kinds, and those."""
        self.statuses: Mapping[type[Refusal], int] = {**(statuses or {}), **STATUSES_OF_KINDS}
        self.page = page

    def find(self, error: Exception) -> Problem:  # noqa: PLR0911  one for each sort of error
        """Say what an exception means to the caller; an unexpected one is logged, not shown."""
        if isinstance(error, Refusal):
            return self._of_refusal(error)
        if isinstance(error, exceptions.APIException):
            return _of_rest_framework(error)
        if isinstance(error, Http404):
            return Problem(404, "not-found", NOT_FOUND)
        if isinstance(error, PermissionDenied):
            return Problem(403, "not-allowed", "You may not do this.")
        if isinstance(error, RequestDataTooBig):
            return Problem(413, "body-too-large", "The body is too large.")
        if isinstance(error, UNREADABLE):
            return Problem(400, "invalid", "The request cannot be read.")
        if is_connection_lost(error):
            log.warning("database away", exc_info=error)
            return Problem(503, "unavailable", AWAY, {"Retry-After": RETRY_SECONDS})
        log.error("malfunction", exc_info=error)
        return Problem(500, "malfunction", MALFUNCTION)

    def enveloping(
        self, envelop: Callable[[Problem, Any], Any], *, content_type: str | None = None
    ) -> Handler:
        """Return an exception handler; ``envelop`` makes its answers of a problem and request."""

        def answer(error: Exception, context: dict[str, Any]) -> Response:
            problem = self.find(error)
            return Response(
                envelop(problem, context["request"]),
                status=problem.status,
                headers=problem.headers,
                content_type=content_type,
            )

        return answer

    def answer_bad_request(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """Answer what Django itself cannot read."""
        return self._answer_plainly(request, self.find(exception))

    def answer_forbidden(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """Answer what Django itself refuses."""
        return self._answer_plainly(request, self.find(exception))

    def answer_unknown_address(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """Answer for an address that is none of ours."""
        del exception
        return self._answer_plainly(request, Problem(404, "not-found", NOT_FOUND))

    def answer_malfunction(self, request: HttpRequest) -> HttpResponse:
        """Answer for what went wrong outside of REST framework."""
        error = sys.exception()
        return self._answer_plainly(
            request, self.find(error if isinstance(error, Exception) else Exception())
        )

    def _answer_plainly(self, request: HttpRequest, problem: Problem) -> HttpResponse:
        """Answer in words for whom a browser asks, and as RFC 9457 has it for programs."""
        described = describe_problem(problem, request)
        response: HttpResponse
        if self.page and _is_for_people(request):
            words = render_to_string(self.page, {"problem": described})
            response = HttpResponse(words, status=problem.status, headers=problem.headers)
        else:
            response = JsonResponse(
                described, status=problem.status, headers=problem.headers, content_type=PROBLEM
            )
        patch_vary_headers(response, ["Accept"])
        return response

    def _of_refusal(self, refusal: Refusal) -> Problem:
        status = next(
            number for kind, number in self.statuses.items() if isinstance(refusal, kind)
        )
        seconds = getattr(refusal, "retry_after", None)
        wait = RETRY_SECONDS if seconds is None else f"{seconds:.0f}"
        if not isinstance(refusal, Unavailable):
            return Problem(status, refusal.code, str(refusal))
        log.warning("unavailable", code=refusal.code)  # whoever runs it may have to mend it
        return Problem(status, refusal.code, str(refusal), {"Retry-After": wait})


def describe_problem(problem: Problem, request: HttpRequest) -> dict[str, Any]:
    """Return a problem as RFC 9457 has it."""
    return {
        "type": "about:blank",
        "title": problem.code.replace("-", " ").capitalize(),
        "status": problem.status,
        "code": problem.code,
        "detail": problem.words,
        "request_id": request_id_of(request),
    }


def _is_for_people(request: HttpRequest) -> bool:
    """Tell whether a browser asks for a page; who takes anything is a program."""
    if request.path.startswith(CALLS):
        return False
    return request.get_preferred_type([PROBLEM, "text/html"]) == "text/html"


def _of_rest_framework(error: exceptions.APIException) -> Problem:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    codes = error.get_codes()
    code = codes.replace("_", "-") if isinstance(codes, str) else "invalid"
    return Problem(error.status_code, code, error.detail, headers)
