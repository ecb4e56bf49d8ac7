"""A program's pages: how it stands, who waits, and one student."""

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms_client.api import CourseRow, FakeLms, LmsUnreachable, ProgramRow
from matricula.registrar.copies.api import grant_wishes
from matricula.registrar.copies.tasks import OURSELVES
from tests.registrar import given
from tests.registrar.pages.visiting import browser_of, read, send

pytestmark = pytest.mark.django_db

PAGE = f"/programs/{given.HYDROLOGY}"


def enroll(lms: FakeLms, *keys: str, status: str = "enrolled") -> None:
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key=key, status=status) for key in keys])


def be_away(*_: object, **__: object) -> None:
    raise LmsUnreachable("Nobody answers at lms.example.")


def test_a_program_is_counted_and_drawn_by_a_worker(lms: FakeLms) -> None:
    enroll(lms, "rv-1", "rv-2")
    enroll(lms, "rv-3", status="suspended")
    browser = browser_of("mira", "read_write_enrollments")

    assert "Nobody has counted this program yet" in read(browser, PAGE)
    grant_wishes(by=OURSELVES)
    page = read(browser, PAGE)

    assert "<strong>2</strong> enrolled" in page
    assert "<strong>3</strong> without an account" in page
    assert 'role="img"' in page
    assert "1 month: from 3 to 3 enrollments; at last 2 enrolled, 1 suspended." in page
    assert '<td class="number">2</td><td class="number">1</td><td class="number">3</td>' in page
    assert f'href="{PAGE}/download"' in page


def test_it_is_counted_again_when_somebody_asks(lms: FakeLms) -> None:
    browser = browser_of("mira", "read_enrollments")
    read(browser, PAGE)
    grant_wishes(by=OURSELVES)
    enroll(lms, "rv-1")

    assert "<strong>0</strong> enrolled" in read(browser, PAGE)
    page = send(browser, f"{PAGE}/counts", to=PAGE).content.decode()
    assert "being counted again now" in page
    grant_wishes(by=OURSELVES)
    assert "<strong>1</strong> enrolled" in read(browser, PAGE)


def test_what_could_not_be_counted_says_why_and_is_not_asked_for_again_by_itself(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of("mira", "read_enrollments")
    monkeypatch.setattr(lms, "get_digest", be_away)
    read(browser, PAGE)
    grant_wishes(by=OURSELVES)

    page = read(browser, PAGE)
    assert "This program could not be counted: Nobody answers at lms.example." in page
    assert grant_wishes(by=OURSELVES) == 0
    assert "Count again" in page


def test_who_waits_is_asked_of_the_lms_in_pages(lms: FakeLms) -> None:
    enroll(lms, *(f"rv-{number:03}" for number in range(60)))
    lms.usernames = {"mira"}
    lms.bind_student_keys(given.RIVER, {"rv-000": "mira"}, reason="the tests ask")
    browser = browser_of("mira", "read_enrollments")

    first = read(browser, f"{PAGE}/waiting")
    assert ("rv-001" in first, "rv-000" in first, "rv-055" in first) == (True, False, False)
    assert f'href="{PAGE}/waiting?cursor=50"' in first
    assert "rv-055" in read(browser, f"{PAGE}/waiting", cursor="50")
    part = browser.get(f"{PAGE}/waiting", headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, part.count("<tr>")) == (False, 6)


def test_a_student_is_told_as_the_lms_has_them_now(lms: FakeLms) -> None:
    enroll(lms, "rv-1")
    lms.send_roster(
        given.HYDROLOGY, [CourseRow(student_key="rv-1", course_id=given.RUN, status="active")]
    )
    page = read(browser_of("mira", "read_enrollments"), f"{PAGE}/students", key=" RV-1")

    assert "Waits until somebody signs in as this student." in page
    assert (given.RUN in page, "HYD-A" in page) == (True, True)
    assert "as soon as there is an account" in page
    assert "Asked of the learning platform itself, just now." in page


def test_a_student_who_is_not_there_is_told_with_what_to_look_at() -> None:
    page = read(browser_of("mira", "read_enrollments"), f"{PAGE}/students", key="<rv>")
    assert "No student with the key “&lt;rv&gt;” is in this program." in page
    assert "Look at the spelling" in page
    assert "The student may be in another program" in page


def test_the_part_of_who_waits_says_itself_that_the_lms_is_away(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of("mira", "read_enrollments")
    monkeypatch.setattr(lms, "list_program_enrollments", be_away)
    part = browser.get(f"{PAGE}/waiting", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert b"who waits is not known just now" in part.content
    assert b"Nobody waits" not in part.content


@pytest.mark.parametrize("address", ["waiting", "students?key=rv-1"])
def test_an_lms_that_is_away_is_never_a_lack_of_roles(
    address: str, lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lms, "list_program_enrollments", be_away)
    page = read(browser_of("mira", "read_enrollments"), f"{PAGE}/{address}", status=503)
    assert "The learning platform cannot be reached" in page
    assert "your roles are not the reason" in page
    assert "You may not" not in page


def test_whoever_may_only_see_the_program_sees_no_more() -> None:
    browser = browser_of("mira", "read_metadata")
    assert "not who is enrolled in it" in read(browser, PAGE)
    page = read(browser, f"{PAGE}/students", status=403)
    assert "You may not do this" in page
    assert "tell them your username, mira" in page


@pytest.mark.parametrize("key", [given.POETRY, "nothing", "a/b"])
def test_another_schools_program_is_not_there(key: str) -> None:
    page = read(browser_of("mira", "read_enrollments"), f"/programs/{key}", status=404)
    assert "There is nothing here for you" in page


def test_whoever_is_not_signed_in_comes_back_here() -> None:
    browser = browser_of()
    browser.logout()
    answer = browser.get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={PAGE}")


def test_more_students_and_jobs_take_no_more_queries(
    lms: FakeLms, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = browser_of("mira", "read_write_enrollments")
    read(browser, PAGE)
    for count in (2, 300):
        enroll(lms, *(f"rv-{number:03}" for number in range(count)))
        browser.post(f"{PAGE}/counts")
        grant_wishes(by=OURSELVES)
        with django_assert_num_queries(12):
            read(browser, PAGE)
