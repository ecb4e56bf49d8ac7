"""Who comes to the Registrar, and whom it lets in."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.coming import Visits, enter
from tests.browser.looking import shoot


def test_somebody_signs_in_at_the_lms_and_comes_back(visits: Visits) -> None:
    page = visits.come()
    page.goto(visits.world.registrar)
    shoot(page, "welcome", "stranger")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    enter(page, "delta", visits.world.passwords["delta"])
    expect(page).to_have_url(f"{visits.world.registrar}/")
    shoot(page, "console", "reader")
    page.get_by_role("button", name="Sign out").click()
    shoot(page, "signed-out", "here")


def test_who_may_do_nothing_is_told_whom_to_ask(visits: Visits) -> None:
    page = visits.come("spring")
    page.goto(visits.world.registrar)
    expect(page.get_by_text("spring").last).to_be_visible()
    shoot(page, "console", "nobody")
    page.goto(f"{visits.world.registrar}/admin/")
    shoot(page, "registrar-trouble", "not-allowed")


def test_who_comes_back_by_an_old_link_is_not_signed_in(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.registrar}/login/complete?code=old&state=gone")
    shoot(page, "not-signed-in", "old")


def test_that_the_lms_is_away_is_said_and_is_nobodys_fault(visits: Visits) -> None:
    page = visits.come_anew("river")
    with visits.world.registrar_alone() as address:
        page.goto(address)
        shoot(page, "console", "lms-away")
        page.goto(f"{address}/programs/river-art/students?key=ART-0001")
        expect(page.get_by_text("It is not your fault")).to_be_visible()
        shoot(page, "registrar-trouble", "lms-away")
        page.get_by_role("button", name="Sign out").click()
        way_there = lead_on(page, f"{address}/login")
        way_back = urlsplit(lead_on(page, way_there))
        page.goto(f"{address}{way_back.path}?{way_back.query}")
        expect(page.get_by_role("alert")).to_contain_text("It is not your fault")
        shoot(page, "not-signed-in", "lms-away")


def lead_on(page: Page, address: str) -> str:
    """Return where an address leads on to, as this browser is answered."""
    answer = page.request.get(address, max_redirects=0)
    return answer.headers["location"]
