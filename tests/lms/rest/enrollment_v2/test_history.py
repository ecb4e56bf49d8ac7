"""How a program has grown, over HTTP."""

from datetime import UTC, datetime

import pytest

from tests import given
from tests.calling import calling_with
from tests.lms.rest.enrollment_v2.asking import V2, get, refused

pytestmark = pytest.mark.django_db

HISTORY = "programs/hydrology/history"


def test_the_last_month_is_this_one() -> None:
    program = given.program()
    now = datetime.now(UTC)
    given.enrolled("rv-1", program=program, at=now)

    told = get(calling_with("read"), HISTORY, months=2)

    months = [{"month": f"{now:%Y-%m}", "counts": {"enrolled": 1}}]
    assert told == {"program": "hydrology", "months": months}


def test_who_has_it_is_not_sent_it_again() -> None:
    given.program()
    caller = calling_with("read")
    etag = caller.get(V2 + HISTORY)["ETag"]
    assert caller.get(V2 + HISTORY, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_a_program_of_another_school_is_not_there() -> None:
    given.program()
    refused(calling_with("read", school_key="HillU").get(V2 + HISTORY), 404, "program-not-found")


@pytest.mark.parametrize("months", ["0", "61", "x"])
def test_a_number_of_months_is_a_sensible_one(months: str) -> None:
    answer = calling_with("read").get(V2 + HISTORY, {"months": months})
    refused(answer, 400, "invalid-parameter")
