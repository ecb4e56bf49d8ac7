"""What somebody new does with ``make run``, who has read nothing."""

from playwright.sync_api import Page, expect

from matricula.cli.example.cataloging import PROGRAMS
from matricula.cli.example.inventing import INTAKE_PROGRAM, invent_school
from tests.browser.coming import Visits
from tests.browser.looking import RULES, list_faults, shoot
from tests.browser.sending import apply_plan, note, plan, roster, send


def test_the_example_is_uploaded_and_one_of_its_students_finds_their_courses(
    visits: Visits,
) -> None:
    file = visits.world.folder / "home" / "example" / "upload-me.csv"
    registrar = visits.come("registrar")
    plan(registrar, visits.world.registrar, INTAKE_PROGRAM, file.read_text(), why="the intake")
    shoot(registrar, "plan", "example")
    apply_plan(registrar)
    shoot(registrar, "upload", "example")
    student = visits.come()
    choose(student, visits, invent_school().intake[0].student.name)
    expect(student.get_by_role("link", name="Master of Public Health")).to_be_visible()
    expect(student.get_by_role("link", name="Why am I in").first).to_be_visible()
    expect(student.get_by_role("button", name="Send the link again")).to_have_count(0)
    shoot(student, "dashboard", "beginner")


def choose(page: Page, visits: Visits, name: str) -> None:
    """Come as a stranger to the address that is printed, and go on by what the pages say."""
    page.goto(visits.world.lms)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Linden University").click()
    assert not list(list_faults(page, RULES["light"]))
    page.get_by_role("button", name=name).click()


def test_whoever_is_signed_out_meanwhile_is_told_so_and_comes_back_to_the_form(
    visits: Visits,
) -> None:
    page, address = visits.come_anew("registrar"), visits.world.registrar
    program = next(iter(PROGRAMS))
    page.goto(f"{address}/programs/{program}/upload")
    lose_session(page)
    send(page, roster("LATE", range(1)))
    expect(page.get_by_role("heading", name="You are no longer signed in")).to_be_visible()
    shoot(page, "trouble", "session-over")

    page.get_by_role("link", name="Sign in again").click()
    expect(page).to_have_url(f"{address}/programs/{program}/upload")
    send(page, roster("LATE", range(1)))
    button = page.get_by_role("button", name="Apply this plan")
    expect(button).to_be_visible()
    lose_session(page)
    button.click()
    page.get_by_role("link", name="Sign in again").click()
    button.click()
    expect(note(page)).to_contain_text("Done.")


def lose_session(page: Page) -> None:
    """Let the Registrar's session end, as it does by itself after a while."""
    page.context.clear_cookies(name="registrar_sessionid")
