"""Tracing requests: each has an id, which its answer, its log lines and its changes bear."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-ID"

log = structlog.get_logger("matricula.request")

_FIT = re.compile(r"[A-Za-z0-9._:/+=-]{1,200}")

Answerer = Callable[[HttpRequest], HttpResponse]


def trace_requests(answer: Answerer) -> Answerer:
    """Give each request an id, the caller's own if it is fit for one, and log how it ended.

    Of the address only the pattern is logged: the rest may hold a person's name.
    """

    def trace(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if _FIT.fullmatch(given) else uuid4().hex
        request.META["matricula.request_id"] = request_id
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = answer(request)
        response[HEADER] = request_id
        log.info(
            "request",
            method=request.method,
            route=request.resolver_match.route if request.resolver_match else "unknown",
            status=response.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            account_id=request.META.get("matricula.account_id"),
        )
        return response

    return trace


def request_id_of(request: HttpRequest) -> str:
    """Return the id that ``trace_requests`` has given the request."""
    return str(request.META.get("matricula.request_id", ""))
