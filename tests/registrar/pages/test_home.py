"""The first page, and what comes with every page."""

import pytest
from django.test import Client

from tests.registrar import given

pytestmark = pytest.mark.django_db


def somebody(username: str = "mira") -> Client:
    browser = Client()
    browser.force_login(given.account(username))
    return browser


def test_it_says_for_which_programs_one_may_act() -> None:
    given.remembered()
    given.with_role("read_write_enrollments", "mira", in_program=given.HYDROLOGY)
    page = somebody().get("/").content.decode()
    assert "Hydrology" in page
    assert "upload enrollments" in page
    assert "Geology" not in page
    assert "/api-docs/" in page
    assert "/admin/" not in page


def test_whoever_may_do_nothing_is_told_how_to_get_on() -> None:
    given.remembered()
    page = somebody().get("/").content.decode()
    assert "You may not act for any program yet" in page
    assert "mira" in page


def test_whoever_is_not_signed_in_is_told_where_to_begin() -> None:
    answer = Client().get("/")
    assert (answer.status_code, b'href="/login"' in answer.content) == (200, True)


def test_who_gives_roles_finds_the_page_for_it() -> None:
    given.remembered()
    given.with_role("administrator", "mira", school=None)
    assert "/admin/" in somebody().get("/").content.decode()


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


def test_many_programs_cost_no_more_queries(
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    browser = somebody()
    given.with_role("administrator", "mira", school=None)
    for count in (3, 60):
        given.remembered([given.catalog_program(f"p{number}") for number in range(count)])
        with django_assert_max_num_queries(6):  # type: ignore[operator]  # pytest-django's own
            assert browser.get("/").status_code == 200
