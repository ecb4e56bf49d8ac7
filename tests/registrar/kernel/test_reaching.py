"""Reaching a real server in the LMS's place."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from matricula.registrar.kernel.api import LmsRefusesUs, reaching_lms
from tests.lms_client.misbehaving import Misbehaving, Told, serving

PROGRAM = {"uuid": str(UUID(int=1)), "key": "hydrology"}
REFUSED: Told = (401, {"detail": "No."}, {})


@pytest.fixture
def server(settings: Settings) -> Iterator[Misbehaving]:
    with serving() as made:
        settings.REACH_LMS = None
        settings.LMS_URL = made.url
        settings.LMS_CLIENT_ID, settings.LMS_CLIENT_SECRET = uuid4().hex, "s3cret"
        yield made


def ask() -> None:
    with reaching_lms(patiently=False) as lms:
        lms.get_program(UUID(int=1))


def test_one_token_serves_all_calls(server: Misbehaving) -> None:
    server.answers = [(200, PROGRAM, {})] * 3
    for _ in range(3):
        ask()
    assert (len(server.calls), server.tokens_given) == (3, 1)


def test_one_that_is_refused_is_renewed_for_all(server: Misbehaving) -> None:
    server.answers = [(200, PROGRAM, {}), REFUSED, (200, PROGRAM, {}), (200, PROGRAM, {})]
    for _ in range(3):
        ask()
    assert server.tokens_given == 2
    server.answers = [REFUSED] * 2
    with pytest.raises(LmsRefusesUs):
        ask()
