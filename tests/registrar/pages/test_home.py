"""The first page, and what comes with every page."""

import pytest
from django.test import Client

from matricula.lms_client.api import FakeLms, LmsUnreachable, ProgramRow
from matricula.registrar.copies.api import grant_wishes
from matricula.registrar.copies.tasks import OURSELVES
from tests.registrar import given
from tests.registrar.pages.visiting import browser_of, read

pytestmark = pytest.mark.django_db


def enroll(lms: FakeLms, *keys: str, status: str = "enrolled") -> None:
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key=key, status=status) for key in keys])


def test_it_tells_how_ones_programs_stand_and_how_old_that_is(lms: FakeLms) -> None:
    enroll(lms, "rv-1", "rv-2")
    enroll(lms, "rv-3", status="pending")
    lms.usernames = {"mira"}
    lms.bind_student_keys(given.RIVER, {"rv-1": "mira"}, reason="the tests ask")
    browser = browser_of("mira", "read_write_enrollments")

    assert "Not counted yet: a worker is asking the learning platform" in read(browser, "/")
    assert grant_wishes(by=OURSELVES) == 2
    page = read(browser, "/")

    assert "<strong>2</strong> enrolled" in page
    assert "<strong>1</strong> pending" in page
    assert "2 without an account (67 %)" in page
    assert "as the learning platform had it just now" in page
    assert "Nobody is enrolled yet." in page
    assert "Poetry" not in page


def test_programs_are_found_by_title_and_by_key() -> None:
    browser = browser_of("mira", "read_metadata")
    page = read(browser, "/", q="DROL")
    assert ("Hydrology" in page, "Geology" in page) == (True, False)
    assert "No program of yours has “x&lt;y” in its title or key" in read(browser, "/", q="x<y")


def test_who_may_not_read_enrollments_is_told_what_they_may() -> None:
    page = read(browser_of("mira", "read_reports"), "/")
    assert "You may see its courses, read reports." in page
    assert "Not counted" not in page


def test_whoever_may_do_nothing_is_told_whom_to_ask_and_for_what() -> None:
    page = read(browser_of(), "/")
    assert "You may not act for any program yet" in page
    assert "<code>mira</code>" in page
    assert "mira@riveru.example (not verified" in page


def test_whoever_is_not_signed_in_is_told_where_to_begin() -> None:
    answer = Client().get("/")
    assert (answer.status_code, b'href="/login"' in answer.content) == (200, True)


def test_an_lms_that_is_away_leaves_the_list_and_is_no_lack_of_roles(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_away(*_: object) -> None:
        raise LmsUnreachable("Nobody answers at lms.example.")

    browser = browser_of("mira", "read_enrollments")
    monkeypatch.setattr(lms, "get_digest", be_away)
    read(browser, "/")
    assert grant_wishes(by=OURSELVES) == 0
    page = read(browser, "/")
    assert "Hydrology" in page
    assert "Not counted: the learning platform could not be read." in page
    assert "not act" not in page


@pytest.mark.parametrize("address", ["/", "/login/complete", "/static/looks/matricula.css"])
def test_pages_take_nothing_from_elsewhere(address: str) -> None:
    answer = Client().get(address)
    answer.close()  # files are open until then
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["looks/matricula.css", "admin/css/base.css"])
def test_files_of_pages_are_served(address: str) -> None:
    answer = Client().get(f"/static/{address}")
    assert (answer.status_code, answer["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    answer.close()


def test_a_thousand_programs_cost_no_more_queries(
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    browser = browser_of("mira", "administrator", school=None)
    page = ""
    for count in (3, 1_000):
        given.remembered([given.catalog_program(f"p{number:04}") for number in range(count)])
        read(browser, "/")  # what nobody has counted is asked for once
        with django_assert_max_num_queries(9):  # type: ignore[operator]  # pytest-django's own
            page = read(browser, "/")
    assert "1 to 25 of 1,003" in page
    assert "P0048" in read(browser, "/", page="3")
