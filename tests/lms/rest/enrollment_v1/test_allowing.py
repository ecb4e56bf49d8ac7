"""enrollment_allowed: addresses that are allowed into course runs."""

import pytest
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun
from matricula.lms.course_enrollments.api import find_seat_mode
from matricula.lms.identities.api import email_address
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.rest.enrollment_v1.asking import BASE, ENROLLMENT, KEY, asked, staff

pytestmark = pytest.mark.django_db

ALLOWED = f"{BASE}/enrollment_allowed/"
BODY = {"email": "New@Example.org", "course_id": KEY, "auto_enroll": True}


@pytest.fixture
def caller() -> APIClient:
    given.course_run()
    return staff()


def test_an_address_is_allowed_in_listed_and_taken_back(caller: APIClient) -> None:
    made = caller.post(ALLOWED, BODY)
    assert made.status_code == 201
    body = made.json()
    assert body == {**BODY, "user": None, "created": body["created"]}
    assert body["created"].endswith("Z")
    listed = caller.get(f"{ALLOWED[:-1]}?email=new@EXAMPLE.org")
    assert listed.json() == [made.json()]
    gone = caller.delete(ALLOWED, {"email": "new@example.org", "course_id": KEY})
    assert (gone.status_code, gone.content) == (204, b"")
    assert caller.get(f"{ALLOWED}?email=new@example.org").json() == []


def test_who_proves_it_is_enrolled_and_named(caller: APIClient) -> None:
    caller.post(ALLOWED, BODY)
    mira = given.account("mira")
    given.bound(email_address("new@example.org"), mira)
    assert find_seat_mode(account_id=mira.pk, course_run_id=given.course_run().pk) == "audit"
    assert caller.get(f"{ALLOWED}?email=new@example.org").json()[0]["user"] == "mira"
    assert calling_as(mira).get(f"{ENROLLMENT}/{KEY}").json()["is_active"] is True


def test_without_auto_enroll_they_may_enroll_themselves_where_it_is_by_invitation(
    caller: APIClient,
) -> None:
    CourseRun.objects.update(is_invitation_only=True)
    assert caller.post(ALLOWED, {**BODY, "auto_enroll": False}).json()["auto_enroll"] is False
    mira = given.account("mira")
    assert calling_as(mira).post(ENROLLMENT, asked()).status_code == 400
    given.bound(email_address("new@example.org"), mira)
    assert calling_as(mira).get(ENROLLMENT).json() == []
    assert calling_as(mira).post(ENROLLMENT, asked()).json()["is_active"] is True


def test_by_default_ones_own_addresses_are_listed(caller: APIClient) -> None:
    caller.post(ALLOWED, {**BODY, "email": "staff@example.org"})
    caller.post(ALLOWED, {**BODY, "email": "second@example.org"})
    caller.post(ALLOWED, BODY)
    given.bound(email_address("second@example.org"), Account.objects.get(username="staff"))
    listed = caller.get(ALLOWED).json()
    assert [each["email"] for each in listed] == ["staff@example.org", "second@example.org"]


def test_twice_is_a_conflict(caller: APIClient) -> None:
    caller.post(ALLOWED, BODY)
    again = caller.post(ALLOWED, {**BODY, "email": "NEW@example.org"})
    assert (again.status_code, list(again.json())) == (409, ["message"])


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"email": "new@example.org"},
        {"course_id": KEY},
        {**BODY, "email": "no address"},
        {**BODY, "email": None},
        {**BODY, "auto_enroll": "perhaps"},
        {**BODY, "course_id": "course-v1:No+Such+Run"},
        {**BODY, "course_id": "no key\x00"},
    ],
)
def test_what_cannot_be_is_told(caller: APIClient, body: object) -> None:
    answer = caller.post(ALLOWED, body)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])


def test_taking_back_says_what_there_is_not(caller: APIClient) -> None:
    assert caller.delete(ALLOWED, {"email": "new@example.org"}).status_code == 400
    for body in (BODY, {**BODY, "course_id": "course-v1:No+Such+Run"}):
        answer = caller.delete(ALLOWED, body)
        assert (answer.status_code, list(answer.json())) == (404, ["message"])


def test_it_is_for_who_may_everywhere(caller: APIClient) -> None:
    assert calling_anonymously().get(ALLOWED).status_code == 401
    for other in (calling_with("write"), calling_as(given.account("noah"))):
        answers = [other.get(ALLOWED), other.post(ALLOWED, {}), other.delete(ALLOWED, {})]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
    reader = calling_with("read", school_key=None, username="reader")
    assert reader.get(ALLOWED).status_code == 200
    assert reader.post(ALLOWED, BODY).status_code == 403
