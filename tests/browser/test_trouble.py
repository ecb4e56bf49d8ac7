"""Pages that nobody wants to see, and somebody will."""

from playwright.sync_api import expect

from tests.browser.coming import Visits
from tests.browser.looking import shoot

FAR_TOO_MANY = 40


def test_a_page_that_is_not_there(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/nowhere")
    shoot(page, "trouble", "missing")


def test_a_page_that_is_not_for_one(visits: Visits) -> None:
    page = visits.come("nora")
    page.goto(f"{visits.world.lms}/support/masquerade")
    shoot(page, "trouble", "not-allowed")


def test_a_form_whose_cookie_is_gone(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/login")
    page.context.clear_cookies()
    page.get_by_label("Username or e-mail address").fill("nora")
    page.get_by_label("Password", exact=True).fill("anything")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="That was not done")).to_be_visible()
    shoot(page, "trouble", "forgery")


def test_a_service_that_is_not_known(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/oauth2/authorize?client_id=nobody&response_type=code")
    shoot(page, "trouble", "unknown-service")


def test_too_many_tries(visits: Visits) -> None:
    page = visits.come()
    trouble = page.get_by_role("heading", name="Too many tries")
    for _ in range(FAR_TOO_MANY):
        page.goto(f"{visits.world.lms}/login")
        page.get_by_label("Username or e-mail address").fill("nobody.knows.them")
        page.get_by_label("Password", exact=True).fill("anything")
        page.get_by_role("button", name="Sign in").click()
        if trouble.is_visible():
            break
    expect(trouble).to_be_visible()
    shoot(page, "trouble", "too-often")
