"""What the committed OpenAPI document allows, and what it does not, meets no malfunction.

``MANY=500 pytest tests/lms/rest/test_schemathesis.py`` asks as often of each operation.
"""

import os
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from itertools import count
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

from matricula.lms.clients.api import sign_token
from tests import given

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[3] / "docs" / "api" / "lms.openapi.yaml"
TIMES = int(os.environ.get("MANY", "12"))
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
THERE = {
    "account": "mira",
    "course_run": "course-v1:RiverU+HYD1+2031_T1",
    "key": "hydrology",
    "organization": "RiverU",
    "program": "hydrology",
    "student_key": "rv-1",
    "username": "mira",
    "value": "rv-2",
}

application = get_wsgi_application()


def answer_whole(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer as a server does: to the end, and then what was streamed is closed."""
    pieces = application(environ, start_response)
    try:
        return [b"".join(pieces)]
    finally:
        pieces.close()


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


class Asker:
    """Somebody who may do all that roles let anybody do, in a school with students."""

    def __init__(self) -> None:
        run = given.course_run()
        program = given.program(runs=[run])
        given.enrolled("rv-1", "rv-2", program=program)
        given.on_course("rv-1", "rv-2", program=program, run=run)
        given.bound("rv-1", given.account("mira"))
        account = given.account("asker")
        for role in ("read", "write", "support", "catalog"):
            given.with_role(role, account, school_key=None)
        token = sign_token(account=account, at=datetime.now(UTC))
        self.headers = {"Authorization": f"JWT {token.text}"}
        self.turns = count()

    def point_at_what_is_there(self, given_: object) -> None:
        """Ask about what there is every other time, so that some questions get somewhere."""
        if isinstance(given_, MutableMapping):
            for name in THERE.keys() & given_.keys():
                if next(self.turns) % 2:
                    given_[name] = THERE[name]

    def take_a_new_key(self, case: schemathesis.Case[Any]) -> None:
        """Three times of four: otherwise nearly all writes would be under one and the same."""
        if "Idempotency-Key" in (case.headers or {}) and next(self.turns) % 4:
            case.headers["Idempotency-Key"] = str(next(self.turns))


@pytest.fixture
def asker() -> Iterator[Asker]:
    for signal in (request_started, request_finished):  # as Django's own test client does
        signal.disconnect(close_old_connections)
    with override_settings(RATE_PER_MINUTE=10**9):
        yield Asker()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=TIMES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_question_meets_a_malfunction(case: schemathesis.Case[Any], asker: Asker) -> None:
    for told in (case.path_parameters, case.query, case.body):
        asker.point_at_what_is_there(told)
    asker.take_a_new_key(case)
    case.call_and_validate(headers=asker.headers, checks=CHECKS)
