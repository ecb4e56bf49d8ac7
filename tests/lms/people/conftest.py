"""What the tests of people stand in."""

from typing import Any

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from tests.lms.people.leaving_traces import leave_traces, make_program, make_quist


@pytest.fixture
def hydrology() -> ProgramOutline:
    return make_program()


@pytest.fixture
def quist(hydrology: ProgramOutline) -> Account:
    return make_quist()


@pytest.fixture
def traces(
    quist: Account,
    settings: Any,  # noqa: ANN401  pytest-django's
) -> None:
    leave_traces(quist, settings)
