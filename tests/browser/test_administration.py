"""Django's admin of both services, for those who run them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.coming import Visits
from tests.browser.looking import shoot
from tests.browser.populating import OPERATOR

OF_THE_LMS = (
    "access/roleassignment",
    "accounts/account",
    "catalog/course",
    "catalog/courserun",
    "catalog/curriculum",
    "catalog/program",
    "clients/client",
    "ledger/change",
    "ledger/changeset",
    "organizations/organization",
    "sign_on/provider",
)
OF_THE_REGISTRAR = ("partners/organization", "partners/program", "partners/roleassignment")


def test_an_operator_sees_all_that_there_is_to_administer(visits: Visits) -> None:
    page = visits.come(OPERATOR)
    page.goto(f"{visits.world.lms}/admin/")
    shoot(page, "admin", "index")
    assert set(list_tables(page)) == {f"/admin/{each}/" for each in OF_THE_LMS}


@pytest.mark.parametrize("table", OF_THE_LMS)
def test_an_operator_looks_through_each_table_and_at_a_row(visits: Visits, table: str) -> None:
    page = visits.come(OPERATOR)
    look_through(page, f"{visits.world.lms}/admin/{table}/", "admin", table)


def test_an_administrator_sees_all_that_there_is_of_schools(visits: Visits) -> None:
    page = visits.come("dean")
    page.goto(f"{visits.world.registrar}/admin/")
    shoot(page, "registrar-admin", "index")
    assert set(list_tables(page)) == {f"/admin/{each}/" for each in OF_THE_REGISTRAR}


@pytest.mark.parametrize("table", OF_THE_REGISTRAR)
def test_an_administrator_looks_through_each_table_and_at_a_row(
    visits: Visits, table: str
) -> None:
    page = visits.come("dean")
    look_through(page, f"{visits.world.registrar}/admin/{table}/", "registrar-admin", table)


def test_an_operator_gives_a_role_and_takes_it(visits: Visits) -> None:
    page = visits.come(OPERATOR)
    page.goto(f"{visits.world.lms}/admin/access/roleassignment/add/")
    page.get_by_label("Username").fill("nobody.at.all")
    page.get_by_label("Role").select_option("read")
    page.get_by_role("button", name="Save", exact=True).click()
    shoot(page, "admin", "role-fault")
    page.get_by_label("Username").fill("otto")
    page.get_by_role("button", name="Save", exact=True).click()
    shoot(page, "admin", "role-given")
    page.get_by_role("link", name="otto").click()
    page.get_by_role("link", name="Delete").click()
    shoot(page, "admin", "role-take")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("was deleted successfully")).to_be_visible()


def test_an_operator_registers_a_school_and_takes_it_away(visits: Visits) -> None:
    page = visits.come(OPERATOR)
    page.goto(f"{visits.world.lms}/admin/sign_on/provider/add/")
    shoot(page, "admin", "provider-empty")
    page.get_by_role("button", name="Save", exact=True).click()
    shoot(page, "admin", "provider-faults")
    page.goto(f"{visits.world.lms}/admin/sign_on/provider/")
    page.get_by_role("link", name="away").click()
    page.get_by_role("link", name="Delete").click()
    shoot(page, "admin", "provider-take")


def test_an_administrator_gives_a_role_and_takes_it(visits: Visits) -> None:
    page = visits.come("dean")
    page.goto(f"{visits.world.registrar}/admin/partners/roleassignment/add/")
    page.get_by_label("Name").fill("another@river.example")
    page.get_by_label("Role").select_option("administrator")
    page.get_by_label("Organization").fill("RiverU")
    shoot(page, "registrar-admin", "role-filled-in")
    page.get_by_role("button", name="Save", exact=True).click()
    shoot(page, "registrar-admin", "role-fault")
    page.get_by_label("Role").select_option("read_reports")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    page.get_by_role("link", name="another@river.example").click()
    page.get_by_role("link", name="Delete").click()
    shoot(page, "registrar-admin", "role-take")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("was deleted successfully")).to_be_visible()


def look_through(page: Page, address: str, name: str, table: str) -> None:
    """Look at the list of a table, and at its first row."""
    state = table.replace("/", "-")
    page.goto(address)
    shoot(page, name, f"{state}-list")
    page.locator("#result_list tbody").get_by_role("link").first.click()
    expect(page.locator("#content-main")).to_be_visible()
    shoot(page, name, f"{state}-row")


def list_tables(page: Page) -> Iterator[str]:
    """Say where the index leads to."""
    for link in page.locator("#content-main th a").all():
        yield str(link.get_attribute("href"))
