"""Somebody's history, as they read it."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import email_address
from matricula.lms.pages.remembering import AT_ONCE
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira() -> Account:
    return given.account("mira")


def browsing_as(account: Account) -> Client:
    browser = Client()
    browser.force_login(account)
    return browser


def rows_of(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<li><p class="word">(.*?)</p>.*?</time>, by (.*?)</p></li>', page)
    return [(what, who) for what, who in found]


def test_it_tells_in_plain_words_what_was_done_and_by_whom(mira: Account) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run, course_staff="true")
    given.bound("rv-1", mira)
    given.on_course("rv-1", program=program, run=run, status="inactive", course_staff="false")
    given.enrolled("rv-1", program=program, status="ended")
    given.bound(email_address("mira@example.org"), mira)
    given.granted(email_address("mira@example.org"), run=run)
    given.granted(email_address("mira@example.org"), run=run, grant_mode="verified")
    page = browsing_as(mira).get("/dashboard/history").content.decode()
    key = run.key
    expected = [
        (f"Your mode in {key} changed from Audit to Verified.", "the platform"),
        (f"You were enrolled in {key}, mode Audit.", "the platform"),
        ("What is made for mira@example.org became yours.", "you, with the link in our mail"),
        ("Your status in Hydrology changed from Enrolled to Ended.", "the platform"),
        (f"You were taken out of {key} (Hydrology).", "the platform"),
        (f"You are no longer staff of {key}.", "the platform"),
        (
            "The student key rv-1 of RiverU University became yours.",
            "you, when you signed in with your school",
        ),
        (f"You were made staff of {key}.", "the platform"),
        (f"You were enrolled in {key} (Hydrology), mode Masters.", "the platform"),
        ("You came into Hydrology, with the status Enrolled.", "the platform"),
    ]
    told = rows_of(page)
    assert sorted(told) == sorted(expected)  # two tables written by one statement have no order
    assert (told[:4], told[6], told[-1]) == (expected[:4], expected[6], expected[-1])


def change_often(program: ProgramOutline, count: int) -> None:
    for number in range(count):
        given.enrolled("rv-1", program=program, status=("enrolled", "pending")[number % 2])


def test_it_is_read_by_pages(mira: Account) -> None:
    given.bound("rv-1", mira)
    change_often(given.program(), AT_ONCE + 1)
    browser = browsing_as(mira)
    first = browser.get("/dashboard/history").content.decode()
    (older,) = re.findall(r'href="(\?before=\d+)"', first)
    second = browser.get(f"/dashboard/history{older}").content.decode()
    assert (len(rows_of(first)), len(rows_of(second))) == (AT_ONCE, 2)
    assert "?before=" not in second


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "1'"])
def test_a_place_that_is_none_breaks_nothing(before: str, mira: Account) -> None:
    given.bound("rv-1", mira)
    assert browsing_as(mira).get("/dashboard/history", {"before": before}).status_code == 200


def test_an_empty_one_says_so(mira: Account) -> None:
    page = browsing_as(mira).get("/dashboard/history").content.decode()
    assert "Nothing has happened yet." in page


@pytest.mark.parametrize("count", [2, 20])
def test_it_costs_the_same_for_much_as_for_little(
    count: int, mira: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    given.bound("rv-1", mira)
    change_often(given.program(), count)
    browser = browsing_as(mira)
    with django_assert_num_queries(7):
        browser.get("/dashboard/history")
