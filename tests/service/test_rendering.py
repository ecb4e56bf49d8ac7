"""Writing answers."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.test import Client as Browser
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail

from matricula.service.rendering import JsonRenderer
from tests import given
from tests.calling import calling_as

EAST = timezone(timedelta(hours=2))


class Row(msgspec.Struct):
    key: str
    at: datetime


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, b""),
        ({}, b"{}"),
        ({"a": [1, None, True, 0.5, "é"]}, '{"a":[1,null,true,0.5,"é"]}'.encode()),
        (Row("x", datetime(2031, 1, 1, tzinfo=UTC)), b'{"key":"x","at":"2031-01-01T00:00:00Z"}'),
        (datetime(2031, 1, 1, tzinfo=EAST), b'"2031-01-01T00:00:00+02:00"'),
        (UUID(int=7), b'"00000000-0000-0000-0000-000000000007"'),
        (Decimal("0.950"), b"0.950"),
        (gettext_lazy("said"), b'"said"'),
        ({"detail": ErrorDetail("said", code="x")}, b'{"detail":"said"}'),
        (b'{"ready":1}', b'{"ready":1}'),
    ],
    ids=str,
)
def test_data_become_json(data: Any, expected: bytes) -> None:  # noqa: ANN401  whatever a view answers
    assert JsonRenderer().render(data) == expected


@pytest.mark.django_db
@pytest.mark.urls("tests.lms.rest.addresses")
@pytest.mark.parametrize(
    "accepted",
    [
        "",
        "*/*",
        "application/json",
        "text/html",
        "application/json, text/plain, */*",
        "x",
        "a/b;q",
    ],
)
def test_whatever_one_accepts_one_gets_json(accepted: str) -> None:
    answer = calling_as(given.account()).get("/whoever", headers={"Accept": accepted})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.django_db
@pytest.mark.urls("tests.lms.rest.addresses")
@pytest.mark.parametrize("address", ["/whoever?format=json", "/whoever?format=html"])
def test_a_format_in_the_address_changes_nothing(address: str) -> None:
    assert calling_as(given.account()).get(address).status_code == 200
    assert Browser().get(address)["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.urls("tests.lms.rest.addresses")
def test_a_body_without_a_type_is_taken_for_json() -> None:
    caller = calling_as(given.account())
    answer = caller.generic("POST", "/whoever", '{"a":1}', content_type="")
    assert answer.json()["data"] == {"a": 1}
    assert caller.post("/whoever", b"x", content_type="image/png").status_code == 415
