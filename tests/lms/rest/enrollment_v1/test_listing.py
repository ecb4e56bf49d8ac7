"""GET enrollments: those of everybody, for who may read everywhere."""

from itertools import chain

import pytest
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import account_itself, email_address
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v1.asking import BASE, KEY

pytestmark = pytest.mark.django_db

ALL = f"{BASE}/enrollments"


@pytest.fixture
def reader() -> APIClient:
    return calling_with("read", school_key=None)


def enroll(*usernames: str, number: str = "HYD1") -> None:
    names = [account_itself(given.account(username).uuid) for username in usernames]
    given.direct(*names, run=given.course_run(number))


def users(caller: APIClient, query: str = "") -> list[str]:
    answer = caller.get(f"{ALL}{query}")
    assert answer.status_code == 200, answer.content
    return [each["user"] for each in answer.json()["results"]]


@pytest.mark.parametrize("slash", ["", "/"])
def test_each_seat_stands_there_in_brief(reader: APIClient, slash: str) -> None:
    enroll("mira")
    assert reader.get(f"{ALL}{slash}").json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "created": "2031-01-10T09:00:00Z",
                "mode": "audit",
                "is_active": True,
                "user": "mira",
                "course_id": KEY,
            }
        ],
    }


def test_pages_are_followed_to_the_end_and_back(reader: APIClient) -> None:
    enroll(*(f"learner{number:03}" for number in range(205)))
    page = reader.get(ALL).json()
    pages = [[each["user"] for each in page["results"]]]
    while page["next"]:
        page = reader.get(page["next"]).json()
        pages.append([each["user"] for each in page["results"]])
    assert [len(page) for page in pages] == [100, 100, 5]
    assert sorted(chain(*pages)) == [f"learner{number:03}" for number in range(205)]
    before = reader.get(page["previous"]).json()
    assert [each["user"] for each in before["results"]] == pages[1]
    assert len(users(reader, "?page_size=5000")) == 100


def test_filters_choose(reader: APIClient) -> None:
    enroll("mira", "noah")
    mira = Account.objects.get(username="mira")
    given.direct(account_itself(mira.uuid), run=given.course_run("B"))
    given.bound(email_address("m@x.org"), mira)
    assert sorted(users(reader, f"?course_id={KEY}")) == ["mira", "noah"]
    assert users(reader, f"?course_id={KEY.replace('+', '%2B')}&username=noah") == ["noah"]
    assert users(reader, "?course_ids=+B+,zzz") == ["mira"]
    assert users(reader, "?username=Mira,nobody") == ["mira", "mira"]
    assert users(reader, "?email=M@X.org") == ["mira", "mira"]
    given.bound(email_address("m+noah@x.org"), Account.objects.get(username="noah"))
    assert (
        users(reader, "?email=m+noah@x.org") == users(reader, "?email=m%2Bnoah@x.org") == ["noah"]
    )
    assert users(reader, "?course_id=course-v1:No+Such+Run") == []


@pytest.mark.parametrize(
    "query",
    [
        "course_id=no-key",
        "username=,",
        "username=" + ",".join(f"u{number}" for number in range(101)),
        "email=no-address",
        "course_ids=%00",
        "username=a%00b",
    ],
)
def test_filters_that_cannot_be_right_are_told(reader: APIClient, query: str) -> None:
    answer = reader.get(f"{ALL}?{query}")
    assert (answer.status_code, list(answer.json())) == (400, ["message"])


def test_a_cursor_that_is_none_is_not_found(reader: APIClient) -> None:
    assert reader.get(f"{ALL}?cursor=zzz").status_code == 404


def test_it_is_for_who_reads_everywhere() -> None:
    enroll("mira")
    assert calling_anonymously().get(ALL).status_code == 401
    for caller in (calling_with("read", "write"), calling_as(given.account("noah"))):
        assert caller.get(f"{ALL}?course_id=no-key").status_code == 403


def test_a_page_takes_as_many_queries_however_full_it_is(reader: APIClient) -> None:
    enroll("mira")
    reader.get(ALL)
    few = count_statements(lambda: reader.get(ALL))
    enroll(*(f"learner{number}" for number in range(60)))
    assert count_statements(lambda: reader.get(ALL)) == few
