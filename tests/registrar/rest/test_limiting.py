"""How often a caller may ask."""

import pytest
from pytest_django.fixtures import Settings

from tests.registrar.calling import calling_anonymously, calling_as

pytestmark = pytest.mark.django_db
WHERE = "/api/v2/programs/"


@pytest.fixture(autouse=True)
def _few(settings: Settings) -> None:
    settings.RATE_PER_MINUTE = 2


@pytest.mark.usefixtures("early_in_a_minute")
def test_who_asks_too_often_is_told_when_to_go_on() -> None:
    caller, other = calling_as("mira"), calling_as("noah")
    answers = [caller.get(WHERE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "throttled"
    assert other.get(WHERE).status_code == 200


def test_the_platforms_staff_may_ask_as_often_as_they_like() -> None:
    caller = calling_as("nadia", administrator=True)
    assert [caller.get(WHERE).status_code for _ in range(3)] == [200, 200, 200]


@pytest.mark.usefixtures("early_in_a_minute")
def test_whoever_has_no_account_is_counted_by_address_and_watching_is_free() -> None:
    caller = calling_anonymously()
    statuses = [caller.get("/csrf/api/v1/token").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert [caller.get("/health").status_code for _ in range(3)] == [200, 200, 200]
