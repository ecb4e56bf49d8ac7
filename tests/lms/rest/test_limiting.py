"""How often a caller may ask."""

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from matricula.service.rate_limits.models import RequestCount
from tests import given
from tests.calling import calling_as
from tests.lms.rest.tokens.asking import a_client, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.lms.rest.addresses")]


@pytest.fixture(autouse=True)
def _few(settings: Settings) -> None:
    settings.RATE_PER_MINUTE = 2


@pytest.mark.usefixtures("early_in_a_minute")
def test_who_asks_too_often_is_told_when_to_go_on() -> None:
    caller = calling_as(given.account())
    answers = [caller.get("/whoever") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "throttled"


def test_each_account_has_a_limit_of_its_own() -> None:
    mira, noah = (calling_as(given.account(name)) for name in ("mira", "noah"))
    for _ in range(3):
        mira.get("/whoever")
    assert noah.get("/whoever").status_code == 200


@pytest.mark.usefixtures("early_in_a_minute")
def test_an_account_is_one_however_it_calls() -> None:
    mira = given.account("mira")
    browser = Browser()
    browser.force_login(mira)
    answers = [each.get("/whoever") for each in (calling_as(mira), browser, calling_as(mira))]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


@pytest.mark.usefixtures("early_in_a_minute")
@pytest.mark.parametrize("kind", ["jwt", "bearer"])
@pytest.mark.parametrize("is_trusted", [True, False])
def test_trusted_clients_may_ask_as_often_as_they_like(kind: str, *, is_trusted: bool) -> None:
    token = token_of(a_client(is_trusted=is_trusted), kind)
    RequestCount.objects.all().delete()
    headers = {"Authorization": f"Bearer {token}"}
    statuses = [Browser().get("/whoever", headers=headers).status_code for _ in range(3)]
    assert statuses == [200, 200, 200 if is_trusted else 429]
    assert RequestCount.objects.exists() is not is_trusted


@pytest.mark.usefixtures("early_in_a_minute")
def test_whoever_has_no_account_is_counted_by_address() -> None:
    assert [Browser().get("/anybody").status_code for _ in range(3)] == [200, 200, 429]
    assert Browser(REMOTE_ADDR="192.0.2.7").get("/anybody").status_code == 200


@pytest.mark.usefixtures("early_in_a_minute")
def test_an_address_that_anybody_can_write_is_not_believed(settings: Settings) -> None:
    statuses = [
        Browser().get("/anybody", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(3)
    ]
    assert statuses == [200, 200, 429]
    settings.PROXIES = 1
    forwarded = {"X-Forwarded-For": "203.0.113.1, 192.0.2.9"}
    assert Browser().get("/anybody", headers=forwarded).status_code == 200
    assert RequestCount.objects.filter(caller="address:192.0.2.9").exists()


def test_who_is_refused_is_not_counted() -> None:
    for _ in range(3):
        assert Browser().get("/whoever").status_code == 401
    assert not RequestCount.objects.exists()
