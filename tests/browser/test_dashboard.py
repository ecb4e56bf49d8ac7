"""What learners see of what they study."""

from playwright.sync_api import expect

from tests.browser.coming import Visits
from tests.browser.looking import shoot

STAR = "salma.el-sayed"


def test_a_student_finds_programs_and_courses_and_why(visits: Visits) -> None:
    page = visits.come(STAR)
    page.goto(visits.world.lms)
    expect(page.get_by_role("link", name="MSc Data Science")).to_be_visible()
    shoot(page, "dashboard", "full")
    page.get_by_role("link", name="Why am I in Epidemiology?").click()
    expect(page.get_by_role("heading", name="You are in this course")).to_be_visible()
    shoot(page, "course", "in")
    page.get_by_role("link", name="Dashboard").first.click()
    page.get_by_role("link", name="MSc Data Science").click()
    shoot(page, "program", "enrolled")
    page.get_by_role("link", name="Why am I not in").first.click()
    expect(page.get_by_role("heading", name="You are not in this course")).to_be_visible()
    shoot(page, "course", "not-in")
    page.get_by_label("Key of the course run").fill("course-v1:LindenU+NONE+2026")
    page.get_by_role("button", name="Find out").click()
    shoot(page, "course", "unknown")
    page.get_by_role("navigation", name="Places").get_by_role("link", name="History").click()
    shoot(page, "history", "full")


def test_who_has_nothing_is_told_what_to_do(visits: Visits) -> None:
    page = visits.come("nora")
    page.goto(visits.world.lms)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    shoot(page, "dashboard", "nothing")


def test_who_has_not_proven_an_address_is_told_what_to_do(visits: Visits) -> None:
    page = visits.come("wanda")
    page.goto(visits.world.lms)
    expect(page.get_by_role("button", name="Send the link again")).to_be_visible()
    shoot(page, "dashboard", "waiting")


def test_times_are_those_of_the_reader(visits: Visits) -> None:
    texts = []
    for zone in ("Asia/Tokyo", "America/Lima"):
        page = visits.come(STAR, timezone_id=zone)
        page.goto(f"{visits.world.lms}/dashboard")
        page.goto(f"{visits.world.lms}/dashboard/history")
        texts.append(page.locator("time").first.inner_text())
    assert texts[0] != texts[1]
