"""What learners see of what they study."""

from uuid import UUID

from playwright.sync_api import expect

from tests.browser.coming import Visits
from tests.browser.looking import shoot
from tests.browser.standing import STANDING

NIL = UUID(int=0)
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
    page.get_by_role("link", name="Ask about another course").click()
    page.get_by_label("Key of the course run").fill("course-v1:LindenU+NONE+2026")
    page.get_by_role("button", name="Find out").click()
    shoot(page, "course", "unknown")
    page.get_by_role("navigation", name="Places").get_by_role("link", name="History").click()
    shoot(page, "history", "full")


def test_each_standing_and_each_grade_has_words(visits: Visits) -> None:
    page = visits.come(STANDING)
    page.goto(visits.world.lms)
    for words in ("Enrolled", "Admitted", "Suspended", "Canceled", "Ended", "Passed"):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()
    alone = page.get_by_role("region", name="Programs that your courses are part of")
    expect(alone.get_by_role("link", name="Reeds")).to_be_visible()
    shoot(page, "dashboard", "every-standing")
    page.get_by_role("link", name="Why am I not in Introduction to sailing?").click()
    shoot(page, "course", "closed")
    page.goto(f"{visits.world.lms}/dashboard")
    page.get_by_role("link", name="Sailing", exact=True).click()
    shoot(page, "program", "suspended")


def test_who_is_sent_to_a_program_they_are_not_in_is_told_what_to_do(visits: Visits) -> None:
    page = visits.come("nora")
    page.goto(f"{visits.world.lms}/dashboard/programs/{NIL}")
    expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
    shoot(page, "program", "not-in")


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
