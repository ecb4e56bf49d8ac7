"""The dashboard: what somebody has, in words, and what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun
from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.identities.api import email_address
from tests import given

pytestmark = pytest.mark.django_db

QUERIES = 16


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


def test_it_shows_programs_and_of_each_course_where_it_comes_from() -> None:
    studying(programs=1, courses=1)
    other = given.course_run("OTHER")
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound(email_address("mira@example.org"), mira)
    given.granted(email_address("mira@example.org"), run=other)
    programs, _, courses = dashboard_of(mira).partition('id="courses"')
    assert "Program-0" in programs
    assert "RiverU University" in programs
    assert "You are in the program. Its courses are open to you." in programs
    assert "0 of 1 course passed" in programs
    assert "course-v1:RiverU+C00+2031_T1" in courses
    assert "Through Program-0, RiverU University" in courses
    assert other.key in courses
    assert "For your address mira@example.org" in courses


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("pending", "your school has still to confirm it"),
        ("suspended", "Your school keeps you out for now"),
        ("canceled", "You are no longer in the program"),
        ("ended", "You are through with the program, and keep its courses"),
    ],
)
def test_each_status_says_what_it_means(status: str, words: str) -> None:
    given.enrolled("rv-1", program=given.program(), status=status)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    page = dashboard_of(mira)
    assert words in page
    assert ("No courses yet" in page) == (status == "pending")


def test_a_course_that_does_not_work_says_why() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    given.enrolled("rv-1", program=program, status="suspended")
    mira = given.account("mira")
    given.bound("rv-1", mira)
    page = dashboard_of(mira)
    assert 'id="group-closed"' in page
    assert "Your school has suspended you from the program." in page


def test_courses_stand_by_how_far_they_are() -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    spans = {
        "in_progress": (now - day, now + day),
        "upcoming": (now + day, None),
        "completed": (now - 9 * day, now - day),
    }
    mira = given.account("mira")
    for name, (start_at, end_at) in spans.items():
        run = given.course_run(name)
        CourseRun.objects.filter(pk=run.pk).update(start_at=start_at, end_at=end_at)
        given.granted(given.key_of("rv-1"), run=run)
    given.bound("rv-1", mira)
    page = dashboard_of(mira)
    groups = page.split('id="group-')[1:]
    assert [group.split('"')[0] for group in groups] == list(spans)
    for name, group in zip(spans, groups, strict=True):
        assert f"course-v1:RiverU+{name}+2031_T1" in group


def test_a_program_that_only_its_courses_tell_of_is_told_apart() -> None:
    run = given.course_run()
    given.program("hydrology", runs=[run])
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.granted(given.key_of("rv-1"), run=run, grant_mode="verified")
    page = dashboard_of(mira)
    assert 'id="programs"' not in page
    assert "Hydrology" in page.partition('id="implicit"')[2]
    assert "no school has enrolled you in the programs themselves" in page
    assert "From RiverU University" in page


@pytest.mark.parametrize(
    ("days_left", "is_passing", "words"),
    [(-1, True, "Passed<"), (-1, False, "Not passed<"), (1, False, "Grade so far: C, 59%")],
)
def test_a_course_says_what_was_earned_in_it(days_left: int, is_passing: bool, words: str) -> None:  # noqa: FBT001  a parameter
    run = given.course_run()
    end_at = datetime.now(UTC) + timedelta(days=days_left)
    CourseRun.objects.filter(pk=run.pk).update(end_at=end_at)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.granted(given.key_of("rv-1"), run=run)
    earned = EarnedGrade(mira.pk, run.pk, "C", is_passing=is_passing, percent=Decimal("0.599"))
    record_grades(grades=[earned], by=given.OPERATOR, at=given.NOW)
    page = dashboard_of(mira)
    assert words in page
    assert "C, 59%" in page


def test_a_course_leads_to_where_it_is_taught(settings: Settings) -> None:
    settings.COURSE_URL = "https://teaching.example.org/{key}/home"
    run = given.course_run()
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.granted(given.key_of("rv-1"), run=run)
    assert f'href="https://teaching.example.org/{run.key}/home"' in dashboard_of(mira)


def test_an_empty_one_says_what_to_do() -> None:
    page = dashboard_of(given.account("mira"))
    assert "Nothing here yet<" in page
    assert 'href="/account/schools"' in page
    assert 'href="/dashboard/courses"' in page


def test_an_empty_one_says_it_if_something_may_be_waiting() -> None:
    mira = given.account("mira")
    EmailAddress.objects.create(user=mira, email="mira@example.org", primary=True)
    page = dashboard_of(mira)
    assert "Verify <strong" in page
    assert "something may be waiting" in page


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
    assert page.count("<h4") == programs * courses


@pytest.mark.parametrize(
    "address",
    [
        "/dashboard",
        "/dashboard/",
        "/dashboard/history",
        "/dashboard/courses",
        "/account/addresses",
        "/account/sessions",
        "/account/data",
        "/account/data/download",
        "/account/close",
    ],
)
def test_whoever_is_not_signed_in_is_asked_to(address: str) -> None:
    answer = Client().get(address)
    assert answer["Location"] == f"/login?next={address}"


def test_the_front_page_leads_there() -> None:
    assert browsing_as(given.account("mira")).get("/")["Location"] == "/dashboard"


def test_every_page_leads_to_the_places_and_says_where_one_is() -> None:
    browser = browsing_as(given.account("mira"))
    for address in ("/dashboard", "/dashboard/history", "/account/addresses"):
        page = browser.get(address).content.decode()
        assert f'<a href="{address}" aria-current="page">' in page
        assert page.count('<nav class="places"') == 1
