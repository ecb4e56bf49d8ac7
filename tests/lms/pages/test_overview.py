"""The dashboard: what somebody has, in words, and what is missing."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import email_address
from tests import given

pytestmark = pytest.mark.django_db

QUERIES = 13


def browsing_as(account: Account) -> Client:
    browser = Client()
    browser.force_login(account)
    return browser


def dashboard_of(account: Account) -> str:
    return browsing_as(account).get("/dashboard").content.decode()


def studying(programs: int, courses: int) -> None:
    """Give the student rv-1 so many programs with so many courses each."""
    for number in range(programs):
        runs = [given.course_run(f"C{number}{each}") for each in range(courses)]
        program = given.program(f"program-{number}", runs=runs)
        given.enrolled("rv-1", program=program)
        for run in runs:
            given.on_course("rv-1", program=program, run=run)


def test_it_shows_programs_with_their_courses_and_the_others() -> None:
    studying(programs=1, courses=1)
    other = given.course_run("OTHER")
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound(email_address("mira@example.org"), mira)
    given.granted(email_address("mira@example.org"), run=other)
    page = dashboard_of(mira)
    program, _, rest = page.partition("Other courses")
    assert "Program-0" in program
    assert "RiverU University" in program
    assert "You are enrolled" in program
    assert "course-v1:RiverU+C00+2031_T1" in program
    assert other.key in rest


def test_a_course_that_does_not_work_says_why() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    given.enrolled("rv-1", program=program, status="suspended")
    mira = given.account("mira")
    given.bound("rv-1", mira)
    page = dashboard_of(mira)
    assert "Suspended by your school" in page
    assert "Closed to you: the program enrollment is suspended" in page


def test_a_program_that_only_its_courses_tell_of_is_shown_with_them() -> None:
    run = given.course_run()
    given.program("hydrology", runs=[run])
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.granted(given.key_of("rv-1"), run=run, grant_mode="verified")
    page = dashboard_of(mira)
    assert "You take courses of this program" in page
    assert "Other courses" not in page
    assert page.count(run.key) == 1


def test_an_empty_one_says_what_to_do() -> None:
    page = dashboard_of(given.account("mira"))
    assert "Nothing here yet" in page
    assert 'href="/account/schools"' in page


def test_nobody_sees_what_is_another_s() -> None:
    studying(programs=1, courses=1)
    given.bound("rv-1", given.account("vera"))
    assert "Program-0" not in dashboard_of(given.account("mira"))


@pytest.mark.parametrize(("programs", "courses"), [(1, 1), (4, 5)])
def test_it_costs_the_same_for_much_as_for_little(
    programs: int, courses: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    studying(programs, courses)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    browser = browsing_as(mira)
    with django_assert_num_queries(QUERIES):
        page = browser.get("/dashboard").content.decode()
    assert page.count("2031_T1") == programs * courses


@pytest.mark.parametrize("address", ["/dashboard", "/dashboard/", "/account/addresses"])
def test_whoever_is_not_signed_in_is_asked_to(address: str) -> None:
    answer = Client().get(address)
    assert answer["Location"] == f"/login?next={address}"


def test_the_front_page_leads_there() -> None:
    assert browsing_as(given.account("mira")).get("/")["Location"] == "/dashboard"
