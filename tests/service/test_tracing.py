"""Request ids, and what the log says of a request."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client as Browser

from matricula.lms.accounts.api import Account
from matricula.lms.ledger.api import ChangeSet
from matricula.service.logs import configure_logs
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.rest.tokens.asking import ADDRESS, a_client, ask, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.lms.rest.addresses")]

Lines = list[dict[str, Any]]

PERSON = "rv-person-17"
"""Stands for whatever names a person: nothing that a request says may be in the log."""


class Log:
    """What was logged, as it would stand on standard error."""

    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> Lines:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    configure_logs(as_json=True)
    [handler] = [
        each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler
    ]
    seen = Log()
    before = handler.setStream(seen.stream)
    yield seen
    handler.setStream(before)


def test_a_request_is_one_line_with_its_id_and_where_it_went(log: Log) -> None:
    mira = given.account("mira")
    answer = calling_as(mira).get("/whoever", headers={"X-Request-ID": "from-outside-1"})
    [line] = log.lines
    assert answer["X-Request-ID"] == "from-outside-1"
    assert line.pop("milliseconds") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "whoever",
        "status": 200,
        "account_id": mira.pk,
        "request_id": "from-outside-1",
    }


@pytest.mark.parametrize("given_id", ["", "a b", "x" * 201, "né", 'a"b', "a\tb", "<b>", "a,b"])
def test_a_request_without_a_fit_id_gets_one(log: Log, given_id: str) -> None:
    answer = Browser().get("/anybody", headers={"X-Request-ID": given_id})
    made = answer["X-Request-ID"]
    assert made != given_id
    assert len(made) == 32
    assert log.lines[-1]["request_id"] == made


def test_two_requests_have_two_ids() -> None:
    first, second = (Browser().get("/anybody")["X-Request-ID"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("address", ["/nowhere", "/whoever", "/oauth2/access_token", "/login"])
def test_every_answer_has_one(address: str) -> None:
    assert Browser().get(address, headers={"X-Request-ID": "r-1"})["X-Request-ID"] == "r-1"


def test_a_problem_names_it() -> None:
    answer = Browser().get("/whoever", headers={"X-Request-ID": "r-1"})
    assert answer.json()["request_id"] == "r-1"


def test_the_ledger_keeps_it() -> None:
    given.enrolled("rv-1", program=given.program())
    caller = calling_with("write")
    assert caller.post("/withdraw/rv-1", headers={"X-Request-ID": "r-1"}).status_code == 200
    kept = ChangeSet.objects.latest("pk")
    account = Account.objects.get(username="registrar")
    assert (kept.request_id, kept.channel, kept.actor) == ("r-1", "rest", f"account:{account.pk}")


def test_of_an_address_the_log_has_the_pattern_alone(log: Log) -> None:
    given.enrolled(PERSON, program=given.program())
    calling_with("write", username=PERSON).post(f"/withdraw/{PERSON}?email={PERSON}@example.org")
    assert log.lines[-1]["route"] == "withdraw/<str:key>"
    assert PERSON not in log.text


@pytest.mark.parametrize("address", [f"/{PERSON}", f"/whoever/{PERSON}", f"/login?next={PERSON}"])
def test_nor_has_it_an_address_that_is_none_of_ours(log: Log, address: str) -> None:
    Browser().get(address)
    assert log.lines[-1]["event"] == "request"
    assert PERSON not in log.text


@pytest.mark.parametrize("address", [f"/broken/{PERSON}", f"/broken-page/{PERSON}"])
def test_a_malfunction_is_logged_with_its_places_and_without_its_words(
    log: Log, address: str
) -> None:
    caller = calling_as(given.account(PERSON))
    caller.raise_request_exception = False
    answer = caller.get(address, headers={"X-Request-ID": "r-1"})
    assert answer.status_code == 500
    assert PERSON not in answer.content.decode()
    malfunction, request = log.lines
    assert (malfunction["event"], malfunction["request_id"]) == ("malfunction", "r-1")
    [error] = malfunction["errors"]
    assert error["type"] == "builtins.LookupError"
    assert "addresses.py" in error["places"][-1]
    assert (request["status"], request["route"]) == (500, address.split("/")[1] + "/<str:key>")
    assert PERSON not in log.text


def test_what_signing_in_and_tokens_are_tried_with_is_not_logged(log: Log) -> None:
    given.account(PERSON)
    Browser().post("/login", {"username": PERSON, "password": f"p-{PERSON}"})
    Browser(enforce_csrf_checks=True).post(f"/login?next=/{PERSON}", {"username": PERSON})
    ask({"grant_type": "client_credentials", "client_id": PERSON, "client_secret": PERSON})
    Browser().post(ADDRESS, PERSON.encode(), content_type="application/json")
    client = a_client()
    told = ask(form_of(client)).json()
    Browser().get("/whoever", headers={"Authorization": f"Bearer {PERSON}"})
    Browser().get("/whoever", headers={"Host": f"{PERSON}.example.org"})
    assert len(log.lines) == 7
    for hidden in (PERSON, client.client_id, client.client_secret, told["access_token"]):
        assert hidden not in log.text
