"""Nothing but what is live needs a script."""

from playwright.sync_api import Locator, Page, expect

from matricula.cli.example.inventing import invent_school
from tests.browser.coming import Visits, enter, sign_on
from tests.browser.sending import roster, send


def test_a_student_signs_in_and_reads_the_dashboard(visits: Visits) -> None:
    page = visits.come(has_scripts=False)
    page.goto(f"{visits.world.lms}/login")
    enter(page, "salma.el-sayed", visits.world.passwords["salma.el-sayed"])
    expect(page.get_by_role("heading", name="MSc Data Science")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Register").first).to_be_visible()


def test_a_newcomer_signs_on_by_their_school(visits: Visits) -> None:
    page = visits.come(has_scripts=False)
    sign_on(page, visits.world.lms, invent_school().newcomers[0].handle)
    expect(page.get_by_role("heading", name="Programs", exact=True)).to_be_visible()


def test_a_school_uploads_and_looks_again_until_it_is_done(visits: Visits) -> None:
    page = visits.come("river", has_scripts=False)
    page.goto(f"{visits.world.registrar}/programs/river-french/upload")
    send(page, roster("FRENCH", range(3)))
    look_again_until(page, page.get_by_role("button", name="Apply this plan"))
    page.get_by_role("button", name="Apply this plan").click()
    look_again_until(page, page.get_by_text("All rows are as you asked for."))
    page.get_by_role("button", name="Plan to undo this upload").click()
    look_again_until(page, page.get_by_role("button", name="Undo it so"))
    page.get_by_role("button", name="Undo it so").click()
    look_again_until(page, page.get_by_text("All is as it was before."))


def test_support_links_a_name_and_takes_it_away_again(visits: Visits) -> None:
    waiting = invent_school().students[-2]
    page = visits.come("support", has_scripts=False)
    page.goto(f"{visits.world.lms}/support?q={waiting.key}")
    page.get_by_role("link", name="Link to an account").click()
    page.get_by_label("Username of the account").fill("rosa")
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_label("Why").fill("showed the letter of admission")
    page.get_by_role("button", name="Link it").click()
    page.get_by_role("link", name=f"Unlink {waiting.key}").click()
    page.get_by_label("Why").fill("the letter was another's")
    page.get_by_role("button", name="Unlink it").click()
    expect(page.get_by_role("heading", name="Waits: no account")).to_be_visible()


def look_again_until(page: Page, wanted: Locator) -> None:
    again = page.get_by_role("link", name="Look again")
    while not wanted.is_visible():
        again.or_(wanted).first.wait_for()
        if again.is_visible():
            again.click()
