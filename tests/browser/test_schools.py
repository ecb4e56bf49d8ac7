"""Coming by one's school: that it lets one in, and what is said when it does not."""

from playwright.sync_api import Page, expect

from tests.browser.coming import Visits, say_who
from tests.browser.connecting import AWAY, CLOSED, SAML, TITLE, TRIAL
from tests.browser.looking import shoot
from tests.browser.populating import GARDENERS, JOINED


def test_a_student_who_waits_signs_on_by_saml_and_has_a_program(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/login")
    page.get_by_role("link", name=TITLE).click()
    prove(page, key=GARDENERS[0], mail="gus@river.example", name="Gus Sand")
    expect(page).to_have_url(f"{visits.world.lms}/dashboard")
    expect(page.get_by_role("heading", name="Gardens")).to_be_visible()
    shoot(page, "dashboard", "by-saml")
    page.goto(f"{visits.world.lms}/account/schools")
    shoot(page, "schools", "joined")
    page.goto(f"{visits.world.lms}/account/password/first")
    shoot(page, "password", "first")


def test_somebody_with_an_account_joins_their_school_and_leaves_it(visits: Visits) -> None:
    page = visits.come_anew("ulla")
    page.goto(f"{visits.world.lms}/account/schools")
    page.get_by_role("link", name=TITLE).click()
    shoot(page, "join", "asked")
    page.get_by_role("button", name=f"Join {TITLE}").click()
    prove(page, key=GARDENERS[1])
    expect(page.get_by_text(f"You can sign in by {TITLE} from now on.")).to_be_visible()
    expect(page.get_by_role("heading", name="Gardens")).to_be_visible()
    shoot(page, "dashboard", "joined")
    page.goto(f"{visits.world.lms}/account/schools")
    page.get_by_role("button", name=f"Leave {TITLE}").click()
    expect(page.get_by_text("Nobody can sign in to this account by that school")).to_be_visible()
    shoot(page, "schools", "left")


def test_an_answer_that_cannot_be_trusted_lets_nobody_in(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/sign-on/{SAML}/")
    prove(page, key=GARDENERS[2], mischief="tampered")
    expect(page.get_by_role("heading", name="You could not be signed in")).to_be_visible()
    shoot(page, "sign-on", "refused")


def test_a_school_on_trial_shows_what_it_would_say(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/sign-on/{TRIAL}/")
    say_who(page, "salma.el-sayed")
    expect(page.get_by_role("heading", name="is in test mode")).to_be_visible()
    shoot(page, "sign-on", "trial")


def test_whose_school_is_closed_is_told_so(visits: Visits) -> None:
    page = visits.come(JOINED)
    page.goto(f"{visits.world.lms}/dashboard")
    expect(page.get_by_text("Nobody can sign in with Brook College for now")).to_be_visible()
    shoot(page, "dashboard", "school-closed")
    page.goto(f"{visits.world.lms}/account/schools")
    expect(page.get_by_text("closed for now")).to_be_visible()
    shoot(page, "schools", "closed")


def test_that_a_school_does_not_answer_is_said(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/sign-on/{AWAY}/")
    expect(page.get_by_role("heading", name="does not answer")).to_be_visible()
    shoot(page, "sign-on", "away")


def test_a_closed_school_is_not_there_for_strangers(visits: Visits) -> None:
    page = visits.come()
    page.goto(f"{visits.world.lms}/sign-on/{CLOSED}/")
    shoot(page, "trouble", "school-closed")


def prove(page: Page, **said: str) -> None:
    """Say who one is at the school's provider, which sends it on from another site."""
    for name, value in said.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Go").click()
