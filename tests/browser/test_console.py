"""What a school sees of its programs."""

import pytest
from playwright.sync_api import expect

from tests.browser.coming import Visits
from tests.browser.looking import shoot


def test_a_registrar_looks_through_a_program(visits: Visits) -> None:
    page, console = visits.come("registrar"), visits.world.registrar
    page.goto(console)
    expect(page.get_by_text("enrolled").first).to_be_visible()
    shoot(page, "console", "programs")
    page.get_by_role("link", name="MSc Data Science").click()
    waiting = page.get_by_role("region", name="Students who wait")
    expect(waiting).to_be_visible()
    shoot(page, "registrar-program", "full")
    waiting.get_by_role("link").first.click()
    expect(page.get_by_text("none yet")).to_be_visible()
    shoot(page, "student", "waiting")
    page.get_by_label("Student key").fill("nobody at all")
    page.get_by_role("button", name="Find").click()
    shoot(page, "student", "unknown")


def test_a_registrar_downloads_who_is_in_a_program(visits: Visits) -> None:
    page, console = visits.come("registrar"), visits.world.registrar
    page.goto(f"{console}/programs/climate-adaptation/download")
    shoot(page, "download", "empty")
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("link", name="Save the file")).to_be_visible()
    shoot(page, "download", "done")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Save the file").click()
    assert coming.value.path().read_text().startswith("student_key,")


@pytest.mark.parametrize(
    ("who", "name", "state", "path"),
    [
        ("dean", "reports", "none", "/programs/data-science/reports"),
        ("registrar", "registrar-trouble", "no-role", "/programs/data-science/reports"),
        ("registrar", "waiting", "some", "/programs/data-science/waiting"),
        ("delta", "approvals", "none", "/approvals"),
        ("delta", "registrar-program", "reader", "/programs/river-art"),
        ("dean", "people", "some", "/people"),
        ("registrar", "registrar-trouble", "missing", "/nowhere"),
        ("registrar", "registrar-trouble", "anothers", "/programs/river-art"),
    ],
)
def test_everybody_can_use_each_page(
    visits: Visits, who: str, name: str, state: str, path: str
) -> None:
    page = visits.come(who)
    page.goto(f"{visits.world.registrar}{path}")
    shoot(page, name, state)


def test_an_administrator_gives_a_role_and_takes_it(visits: Visits) -> None:
    page, console = visits.come("dean"), visits.world.registrar
    page.goto(f"{console}/people")
    page.get_by_text("Give a role").click()
    page.get_by_label("Username or e-mail address").fill("newcomer@river.example")
    page.get_by_role("radio", name="Sees programs").check()
    page.get_by_label("Key of the organization or program").fill("RiverU")
    shoot(page, "people", "filled-in")
    page.get_by_role("button", name="Give the role").click()
    row = page.get_by_role("row").filter(has_text="newcomer@river.example")
    row.get_by_role("link", name="Take").click()
    shoot(page, "people", "take")
    page.get_by_role("main").get_by_role("button").click()
    expect(row).to_have_count(0)
