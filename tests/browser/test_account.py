"""The pages of one's own account."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.coming import Visits, enter
from tests.browser.looking import shoot


@pytest.mark.parametrize(
    ("who", "name", "state", "path"),
    [
        ("nora", "addresses", "one", "/account/addresses"),
        ("wanda", "addresses", "unproven", "/account/addresses"),
        ("nora", "password", "empty", "/account/password"),
        ("nora", "schools", "none", "/account/schools"),
        ("nora", "sessions", "some", "/account/sessions"),
        ("nora", "data", "offered", "/account/data"),
        ("nora", "again", "empty", "/account/again"),
        ("nora", "verify", "old-link", "/verify/gone"),
    ],
)
def test_everybody_can_use_each_page(
    visits: Visits, who: str, name: str, state: str, path: str
) -> None:
    page = visits.come(who)
    page.goto(f"{visits.world.lms}{path}")
    shoot(page, name, state)


def test_somebody_takes_their_data_along_and_closes_their_account(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/login")
    enter(page, "quinn", visits.world.passwords["quinn"])
    page.goto(f"{visits.world.lms}/account/data")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download", exact=True).click()
    assert "quinn@river.example" in json.dumps(json.loads(Path(coming.value.path()).read_text()))
    page.get_by_role("link", name="Close my account").click()
    shoot(page, "close", "asked")
    page.get_by_label("Type your username").fill("somebody else")
    page.get_by_label("Password").fill(visits.world.passwords["quinn"])
    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("alert")).to_be_visible()
    shoot(page, "close", "faults")
    page.get_by_label("Type your username").fill("quinn")
    page.get_by_label("Password").fill(visits.world.passwords["quinn"])
    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("heading", name="Goodbye")).to_be_visible()
    shoot(page, "close", "done")
