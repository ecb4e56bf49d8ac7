"""What the committed OpenAPI document allows, and what it does not, meets no malfunction.

``MANY=500 pytest tests/lms/rest/test_schemathesis.py`` asks as often of each operation.
"""

import os
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import override_settings
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import given
from tests.calling import calling_with

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[3] / "docs" / "api" / "lms.openapi.yaml"
TIMES = int(os.environ.get("MANY", "12"))
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
RUN = "course-v1:RiverU+HYD1+2031_T1"
THERE: dict[str, list[str]] = {
    "account": ["mira"],
    "course_run": [RUN],
    "key": ["hydrology"],
    "organization": ["RiverU"],
    "program": ["hydrology"],
    "student_key": ["rv-1", "rv-2"],
    "username": ["mira"],
}
"""What half of all questions are about, so that they get somewhere."""

application = get_wsgi_application()


def answer_whole(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer as a server does: to the end, and then what was streamed is closed."""
    pieces = application(environ, start_response)
    try:
        return [b"".join(pieces)]
    finally:
        pieces.close()  # type: ignore[attr-defined]  # Django's answers have it


@schemathesis.serializer("application/x-ndjson", "text/csv")
def write_text(context: schemathesis.SerializationContext, value: object) -> bytes:
    """Send text as it is."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


config = SchemathesisConfig.from_dict(
    {
        "generation": {
            "deterministic": True,
            "allow-x00": True,
            "with-security-parameters": False,
        },
        "phases": {"coverage": {"generate-duplicate-query-parameters": True}},
    }
)
schema = schemathesis.openapi.from_path(DOCUMENT, config=config)
schema.app = answer_whole


@pytest.fixture
def authorization() -> Iterator[str]:
    """A caller who may do everything that roles let anybody do, in a school with students."""
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", "rv-2", program=program, run=run)
    given.bound("rv-1", given.account("mira"))
    caller = calling_with("read", "write", "support", "catalog", school_key=None)
    for signal in (request_started, request_finished):  # as Django's own test client does
        signal.disconnect(close_old_connections)
    with override_settings(RATE_PER_MINUTE=10**9):
        yield caller._credentials["HTTP_AUTHORIZATION"]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


turns = cycle([True, False])


@schema.parametrize()
@settings(
    max_examples=TIMES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_nothing_that_is_asked_is_a_malfunction(
    case: schemathesis.Case, authorization: str
) -> None:
    for given_ in (case.path_parameters, case.query):
        point_at_what_is_there(given_)
    case.call_and_validate(headers={"Authorization": authorization}, checks=CHECKS)


def point_at_what_is_there(parameters: Any) -> None:  # noqa: ANN401  a mapping of schemathesis's own
    for name in THERE:
        if parameters and name in parameters and next(turns):
            parameters[name] = THERE[name][0]
