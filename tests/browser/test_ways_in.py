"""Signing in, registering, and getting back in."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.coming import Visits, enter
from tests.browser.looking import shoot
from tests.browsing import PASSWORD

MADE_UP = "not a password of anybody"
ANOTHER = f"{PASSWORD} again"


@pytest.mark.parametrize(
    ("name", "state", "path"),
    [
        ("home", "stranger", "/"),
        ("login", "empty", "/login"),
        ("register", "empty", "/register"),
        ("reset", "empty", "/reset"),
        ("reset", "sent", "/reset/sent"),
        ("reset", "old-link", "/reset/1-gone"),
        ("reset", "done", "/reset/done"),
        ("verify", "sent", "/verify"),
        ("inactive", "closed", "/inactive"),
        ("sign-on", "canceled", "/sign-on/canceled"),
        ("sign-on", "error", "/sign-on/error"),
    ],
)
def test_a_stranger_can_use_each_page(visits: Visits, name: str, state: str, path: str) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}{path}")
    shoot(page, name, state)


def test_somebody_registers_and_proves_their_address(visits: Visits) -> None:
    page = visits.come()
    page.goto(visits.world.lms)
    page.get_by_role("navigation", name="Account").get_by_role("link", name="Register").click()
    fill_in(page, username="salma.el-sayed", password="1")
    shoot(page, "register", "faults")
    fill_in(page, username="petra", password=PASSWORD)
    expect(page.get_by_text("Verify petra@river.example to take up")).to_be_visible()
    shoot(page, "dashboard", "unproven")
    page.goto(visits.world.lms + visits.world.last_link(to="petra@river.example"))
    shoot(page, "verify", "link")
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page.get_by_role("status")).to_contain_text("is verified")
    shoot(page, "dashboard", "proven")


def fill_in(page: Page, *, username: str, password: str) -> None:
    page.get_by_label("Full name").fill("Petra Sand")
    page.get_by_label("Username").fill(username)
    page.get_by_label("E-mail address").fill("petra@river.example")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Register").click()


def test_a_wrong_password_is_told(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/login")
    page.get_by_label("Username or e-mail address").fill("nora")
    page.get_by_label("Password", exact=True).fill(MADE_UP)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    shoot(page, "login", "wrong")


def test_who_has_forgotten_the_password_gets_back_in(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill("otto@river.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    link = visits.world.lms + visits.world.last_link(to="otto@river.example")
    page.goto(link)
    shoot(page, "reset", "link")
    page.get_by_label("New password", exact=True).fill(ANOTHER)
    page.get_by_label("New password again").fill(ANOTHER)
    page.get_by_role("button", name="Set it").click()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    enter(page, "otto", ANOTHER)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Register").first).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="That link does not work any more")).to_be_visible()


def test_a_link_out_asks_before_it_signs_out(visits: Visits) -> None:
    page = visits.come("nora")
    page.goto(f"{visits.world.lms}/logout")
    shoot(page, "logout", "asked")
