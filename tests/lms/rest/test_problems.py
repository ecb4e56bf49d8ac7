"""What becomes of everything that can go wrong."""

from http import HTTPStatus
from typing import Any

import psycopg
import pytest
import structlog
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.core.exceptions import SuspiciousOperation as Suspicious
from django.db import DataError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.test import Client as Browser
from rest_framework import exceptions

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import InvalidAccount, UnknownAccount, UsernameTaken
from matricula.lms.kept_answers.api import KeyUsedOtherwise, StillRunning
from matricula.lms.kernel.api import Unavailable
from matricula.lms.rest.problems import MALFUNCTION, STATUSES, find_problem
from matricula.service.parsing import BodyTooLarge, UnsupportedCharset


def lost() -> OperationalError:
    error = OperationalError("the connection is closed")
    error.__cause__ = psycopg.OperationalError("the connection is closed")
    return error


EXPECTED: list[tuple[Exception, int, str]] = [
    (UnknownAccount("x"), 404, "account-not-found"),
    (PermissionMissing("x"), 403, "permission-missing"),
    (UsernameTaken("x"), 409, "username-taken"),
    (StillRunning("x"), 409, "still-running"),
    (KeyUsedOtherwise("x"), 422, "idempotency-key-reused"),
    (InvalidAccount("x"), 400, "invalid-account"),
    (Unavailable("x"), 503, "unavailable"),
    (exceptions.NotAuthenticated(), 401, "not-authenticated"),
    (exceptions.AuthenticationFailed(), 401, "authentication-failed"),
    (exceptions.PermissionDenied(), 403, "permission-denied"),
    (exceptions.MethodNotAllowed("PUT"), 405, "method-not-allowed"),
    (exceptions.ParseError(), 400, "parse-error"),
    (exceptions.ValidationError({"x": ["wrong"]}), 400, "invalid"),
    (exceptions.UnsupportedMediaType("image/png"), 415, "unsupported-media-type"),
    (exceptions.Throttled(wait=7), 429, "throttled"),
    (BodyTooLarge(), 413, "body-too-large"),
    (UnsupportedCharset(), 415, "unsupported-charset"),
    (Http404("/secret"), 404, "not-found"),
    (PermissionDenied("secret"), 403, "not-allowed"),
    (RequestDataTooBig("secret"), 413, "body-too-large"),
    (Suspicious("secret"), 400, "invalid"),
    (BadRequest("secret"), 400, "invalid"),
    (MultiPartParserError("secret"), 400, "invalid"),
    (UnreadablePostError("secret"), 400, "invalid"),
    (lost(), 503, "unavailable"),
    (DataError("secret"), 500, "malfunction"),
    (LookupError("secret"), 500, "malfunction"),
]


@pytest.mark.parametrize(
    ("error", "status", "code"), EXPECTED, ids=lambda each: getattr(type(each), "__name__", None)
)
def test_each_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    problem = find_problem(error)
    assert (problem.status, problem.code) == (status, code)
    assert "secret" not in str(problem.words)


def test_every_kind_of_refusal_has_a_status() -> None:
    from matricula.lms.kernel.api import Refusal  # noqa: PLC0415  looked at, not used

    kinds = [kind for kind in Refusal.__subclasses__() if kind.__module__.endswith("refusals")]
    assert len(kinds) == 5
    assert set(kinds) <= set(STATUSES)


@pytest.mark.parametrize("error", [Unavailable("x"), exceptions.Throttled(wait=7), lost()])
def test_what_may_work_later_says_when(error: Exception) -> None:
    assert int(find_problem(error).headers["Retry-After"]) > 0


def test_whoever_runs_the_service_is_told_what_is_away() -> None:
    with structlog.testing.capture_logs() as entries:
        find_problem(Unavailable("x"))
        find_problem(UnknownAccount("x"))
    assert [(each["event"], each["code"]) for each in entries] == [("unavailable", "unavailable")]


def test_a_malfunction_is_not_shown() -> None:
    assert find_problem(LookupError("of mira")).words == MALFUNCTION


@pytest.mark.django_db
@pytest.mark.urls("tests.lms.rest.addresses")
@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("/nowhere", {}, HTTPStatus.NOT_FOUND),
        ("/whoever", {"Host": "elsewhere.example.org"}, HTTPStatus.BAD_REQUEST),
        ("/broken-page/x", {}, HTTPStatus.INTERNAL_SERVER_ERROR),
    ],
)
def test_what_no_view_answers_is_told_in_the_same_words(
    address: str, headers: dict[str, str], status: HTTPStatus
) -> None:
    browser = Browser(raise_request_exception=False)
    answer = browser.get(address, headers={"X-Request-ID": "r-1", **headers})
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert set(told) == {"type", "title", "status", "code", "detail", "request_id"}
    assert (told["status"], told["request_id"]) == (status, "r-1")
