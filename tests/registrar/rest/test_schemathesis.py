"""What the committed OpenAPI document allows, and what it does not, meets no malfunction.

With ``MANY=500`` in the environment it asks as often of each operation.
"""

import os
from collections.abc import Iterator, MutableMapping
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

from tests.registrar import given
from tests.registrar.jobs.working_at import DOWNLOAD, submitted, well, worked_off
from tests.registrar.publishing import token_of

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[3] / "docs" / "api" / "registrar.openapi.yaml"
TIMES = int(os.environ.get("MANY", "6"))
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

application = get_wsgi_application()


def answer_whole(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer as a server does: to the end, and then the files that were sent are closed."""
    pieces = application(environ, start_response)
    try:
        return [b"".join(pieces)]
    finally:
        pieces.close()


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
    """Somebody who may do all that roles let anybody do, with jobs that run and have ended."""

    def __init__(self) -> None:
        given.remembered()
        given.with_role("administrator", "asker")
        given.with_role("read_write_enrollments", "sender", school=given.RIVER)
        by = given.actor("asker")
        worked_off(submitted(by, kind=DOWNLOAD), well)
        job = submitted(by, kind=DOWNLOAD)
        self.there = {
            "key": given.HYDROLOGY,
            "course": "HYD-A",
            "job_id": str(job.uuid),
            "before": str(job.uuid),
        }
        self.headers = {"Authorization": f"JWT {token_of('asker')}"}
        self.turns = count()

    def point_at_what_is_there(self, said: object) -> None:
        """Ask about what there is every other time, so that some questions get somewhere."""
        if isinstance(said, MutableMapping):
            for name in self.there.keys() & said.keys():
                if next(self.turns) % 2:
                    said[name] = self.there[name]


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
    for said in (case.path_parameters, case.query):
        asker.point_at_what_is_there(said)
    case.call_and_validate(headers=asker.headers, checks=CHECKS)
