"""The ledger of a learner, in sentences."""

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import rebind_identity, unbind_identity
from tests import given
from tests.lms.pages.support.browsing import browser_of, words_of

pytestmark = pytest.mark.django_db

QUERIES = 9


@pytest.fixture
def mira() -> Account:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run, course_staff="true")
    who = given.account("mira")
    given.bound("rv-1", who)
    given.enrolled("rv-1", program=program, status="canceled")
    return who


@pytest.mark.usefixtures("mira")
def test_it_tells_what_happened_by_whom_and_why() -> None:
    browser = browser_of()
    page = words_of(browser.get("/support/history", {"username": "mira"}))
    told = [
        "In program hydrology: from Enrolled to Canceled",
        "Student key RiverU rv-1 was bound to mira",
        "through program hydrology: Masters, active",
        "Enrolled in program hydrology: Enrolled",
        "Student key RiverU rv-1 was first heard of, and waits",
    ]
    places = [page.index(each) for each in told]
    assert places == sorted(places)
    assert "Made staff of course run" in page
    assert "<dt>status</dt><dd>Enrolled → Canceled</dd>" in page
    assert "tester, an operator" in page


def test_a_name_that_was_lost_is_told_and_what_became_of_it_is_not(mira: Account) -> None:
    noah = given.account("noah")
    name, by = given.key_of("rv-1"), given.OPERATOR
    rebind_identity(name=name, account_id=noah.pk, by=by, at=given.NOW, reason="mixed up")
    unbind_identity(name=name, by=by, at=given.NOW, reason="nobody's")
    browser = browser_of()
    page = words_of(browser.get("/support/history", {"username": "mira"}))
    assert "was moved from mira to noah" in page
    assert "Because: mixed up" in page
    assert "was taken from noah" not in page
    assert "program hydrology" not in page
    waiting = words_of(browser.get("/support/history?organization=RiverU&key=rv-1"))
    assert "was taken from noah, and waits" in waiting
    assert mira.username in waiting


def test_long_ones_are_paged_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    program = given.program()
    for number in range(60):
        status = "enrolled" if number % 2 else "suspended"
        given.enrolled("rv-1", program=program, status=status)
    browser = browser_of()
    told, where = 0, "/support/history?organization=RiverU&key=rv-1"
    while where:
        with django_assert_max_num_queries(QUERIES):
            answer = browser.get(where)
        told += len(answer.context["told"])
        where = answer.context.get("next", "")
    assert told == 61
