"""A program, and a course, as its learner sees them."""

from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> CourseRun:
    return given.course_run()


@pytest.fixture
def hydrology(run: CourseRun) -> ProgramOutline:
    program = given.program(runs=[run, given.course_run("HYD2")])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    return program


@pytest.fixture
def mira(hydrology: ProgramOutline) -> Account:
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


def browsing_as(account: Account) -> Client:
    browser = Client()
    browser.force_login(account)
    return browser


def test_a_program_says_where_one_stands_what_is_in_it_and_what_happened(
    mira: Account, hydrology: ProgramOutline
) -> None:
    given.enrolled("rv-1", program=hydrology, status="pending")
    page = browsing_as(mira).get(f"/dashboard/programs/{hydrology.uuid}").content.decode()
    assert "Admitted" in page
    assert "RiverU University" in page
    assert "Through Hydrology" in page
    assert "one more course run" in page
    assert "Your status in Hydrology changed from Enrolled to Admitted." in page
    assert "rv-1" not in page.partition("What happened")[2]


@pytest.mark.usefixtures("mira")
def test_a_program_of_others_is_as_one_that_is_not_there(hydrology: ProgramOutline) -> None:
    vera = given.account("vera")
    EmailAddress.objects.create(user=vera, email="vera@example.org", primary=True)
    browser = browsing_as(vera)
    for uuid in (hydrology.uuid, uuid4()):
        answer = browser.get(f"/dashboard/programs/{uuid}")
        page = answer.content.decode()
        assert answer.status_code == 404
        assert "You are not in this program" in page
        assert "Verify <strong" in page
        assert 'href="/account/schools"' in page
        assert "Hydrology" not in page


def test_a_suspended_student_is_still_told(mira: Account, hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology, status="suspended")
    page = browsing_as(mira).get(f"/dashboard/programs/{hydrology.uuid}")
    assert "Your school keeps you out for now" in page.content.decode()


def test_a_course_says_why_one_is_in_it(mira: Account, run: CourseRun) -> None:
    page = browsing_as(mira).get(f"/dashboard/courses/{run.key}").content.decode()
    assert "You are in this course<" in page
    assert "Lets you in" in page
    assert "Through Hydrology, RiverU University." in page
    assert "Go to the course" not in page


@pytest.mark.parametrize("status", ["suspended", "canceled"])
def test_a_course_says_why_one_is_not_in_it_any_more(
    status: str, mira: Account, run: CourseRun, hydrology: ProgramOutline
) -> None:
    given.enrolled("rv-1", program=hydrology, status=status)
    page = browsing_as(mira).get(f"/dashboard/courses/{run.key}").content.decode()
    assert "You are not in this course now" in page
    assert "Ask your school" in page
    assert f"Your school has {status}" in page


def test_who_was_never_enrolled_is_told_what_to_do(run: CourseRun) -> None:
    vera = given.account("vera")
    page = browsing_as(vera).get(f"/dashboard/courses/{run.key}").content.decode()
    assert "You are not in this course<" in page
    assert 'href="/account/schools"' in page
    assert 'href="/account/addresses"' in page


def test_a_course_is_asked_for_by_its_key(mira: Account, run: CourseRun) -> None:
    browser = browsing_as(mira)
    assert 'name="key"' in browser.get("/dashboard/courses").content.decode()
    found = browser.get("/dashboard/courses", {"key": f" {run.key} "}, follow=True)
    assert "You are in this course<" in found.content.decode()
    assert browser.get("/dashboard/courses", {"key": "a\nb"}).status_code == 302
    unknown = browser.get("/dashboard/courses", {"key": 'course-v1:X+Y+"/<b>\x7f'}, follow=True)
    assert unknown.status_code == 404
    assert "There is no course run <strong" in unknown.content.decode()
    assert "<b>" not in unknown.content.decode()


def test_where_courses_are_taught_elsewhere_it_leads_there(
    mira: Account, run: CourseRun, settings: Settings
) -> None:
    settings.COURSE_URL = "https://teaching.example.org/{key}/home"
    page = browsing_as(mira).get(f"/dashboard/courses/{run.key}").content.decode()
    assert f'href="https://teaching.example.org/{run.key}/home"' in page


@pytest.mark.parametrize("count", [1, 6])
def test_they_cost_the_same_for_much_as_for_little(
    count: int,
    mira: Account,
    run: CourseRun,
    hydrology: ProgramOutline,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        program = given.program(f"program-{number}", runs=[run, given.course_run(f"C{number}")])
        given.enrolled("rv-1", program=program)
        given.on_course("rv-1", program=program, run=run)
    browser = browsing_as(mira)
    with django_assert_num_queries(26):
        assert browser.get(f"/dashboard/programs/{hydrology.uuid}").status_code == 200
    with django_assert_num_queries(19):
        page = browser.get(f"/dashboard/courses/{run.key}").content.decode()
    assert page.count("Lets you in") == count + 1
