"""What the views of all surfaces have in common."""

from typing import Any

import pytest

from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.rest.program_enrollments_v1.asking import enrollments, program_row

pytestmark = pytest.mark.django_db

WHOEVER = "/whoever"


@pytest.mark.urls("tests.lms.rest.addresses")
def test_a_view_knows_who_calls() -> None:
    mira = given.account("mira")
    answer = calling_as(mira).get(WHOEVER)
    assert answer.json() == {"username": "mira", "by": f"account:{mira.pk}"}


@pytest.mark.urls("tests.lms.rest.addresses")
def test_a_body_of_unknown_length_is_refused_and_not_taken_for_none() -> None:
    chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    answer = calling_as(given.account("mira")).post(WHOEVER, {}, **chunked)
    assert (answer.status_code, answer.json()["code"]) == (411, "length-required")
    assert calling_anonymously().post(WHOEVER, {}, **chunked).status_code == 401


def test_it_is_told_in_the_envelope_of_each_surface() -> None:
    program = given.program()
    chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked"}
    rows = [program_row("rv-1", program=program)]
    answer = calling_with("write").put(enrollments(program), rows, **chunked)
    assert (answer.status_code, list(answer.json())) == (411, ["developer_message"])
    answer = calling_anonymously().post("/oauth2/access_token", {}, **chunked)
    assert (answer.status_code, answer.json()["error"]) == (411, "length-required")
