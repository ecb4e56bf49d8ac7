"""unenroll: the step of a retirement that ends enrollments."""

import pytest

from matricula.lms.course_enrollments.api import CourseEnrollment
from matricula.lms.identities.api import account_itself
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.rest.enrollment_v1.asking import BASE

pytestmark = pytest.mark.django_db

UNENROLL = f"{BASE}/unenroll/"


def test_organizations_are_told_once_each_and_then_nothing() -> None:
    mira = given.account("mira")
    for number in ("HYD1", "HYD2"):
        given.granted(account_itself(mira.uuid), run=given.course_run(number))
    caller = calling_with("support", school_key=None)
    answer = caller.post(UNENROLL, {"username": "mira"})
    assert (answer.status_code, answer.json()) == (200, ["RiverU"])
    assert not CourseEnrollment.objects.filter(is_active=True).exists()
    again = caller.post(UNENROLL[:-1], {"username": "mira"})
    assert (again.status_code, again.content) == (204, b"")


@pytest.mark.parametrize("body", [None, [], {}, {"username": 7}, {"username": "nobody"}])
def test_nobody_is_not_found(body: object) -> None:
    answer = calling_with("support", school_key=None).post(UNENROLL, body)
    assert (answer.status_code, list(answer.json())) == (404, ["message"])


def test_it_is_for_the_service_that_retires() -> None:
    given.account("mira")
    callers = (
        calling_with("support"),
        calling_with("write", school_key=None, username="writer"),
        calling_as(given.account("noah")),
    )
    for caller in callers:
        for username in ("mira", "nobody"):
            assert caller.post(UNENROLL, {"username": username}).status_code == 403
