"""What support does for learners, and what operators see."""

from playwright.sync_api import Page, expect

from matricula.cli.example.inventing import invent_school
from tests.browser.coming import Visits
from tests.browser.looking import shoot
from tests.browser.populating import HELPER

STAR = "salma.el-sayed"


def test_support_sees_what_a_learner_sees_and_changes_nothing(visits: Visits) -> None:
    page = visits.come_anew("support")
    page.goto(f"{visits.world.lms}/support/masquerade")
    shoot(page, "masquerade", "empty")
    page.get_by_label("Username of the learner").fill("nobody.at.all")
    page.get_by_label("Why").fill("called about a course")
    page.get_by_role("button", name="Look").click()
    shoot(page, "masquerade", "unknown")
    page.get_by_label("Username of the learner").fill(STAR)
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_role("heading", name="MSc Data Science")).to_be_visible()
    shoot(page, "dashboard", "looked-at")
    page.goto(f"{visits.world.lms}/account/addresses")
    shoot(page, "addresses", "looked-at")
    page.goto(f"{visits.world.lms}/account/password")
    for label in ("Current password", "New password", "New password again"):
        page.get_by_label(label, exact=True).fill("anything")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("heading", name="You are only looking")).to_be_visible()
    shoot(page, "masquerade", "only-looking")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", name="Look as a learner")).to_be_visible()


def test_support_finds_a_learner_and_why_they_are_in_a_course(visits: Visits) -> None:
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support")
    shoot(page, "support", "empty")
    find(page, "salma")
    shoot(page, "support", "found")
    page.get_by_role("row").filter(has_text=STAR).first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    shoot(page, "learner", "full")
    page.get_by_label("Why in, or not in").fill("course-v1:LindenU+EPI501+2027_Spring")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("status")).to_be_visible()
    shoot(page, "learner", "explained")
    page.get_by_role("link", name="Ledger").click()
    page.locator("summary").first.click()
    shoot(page, "ledger", "full")
    page.goto(f"{visits.world.lms}/support")
    find(page, "nobody at all")
    shoot(page, "support", "nobody")


def test_support_links_a_student_who_waits(visits: Visits) -> None:
    waiting = invent_school().students[-1]
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support")
    find(page, waiting.key)
    expect(page.get_by_role("heading", name="Waits: no account")).to_be_visible()
    shoot(page, "learner", "waiting")
    page.get_by_role("link", name="Link to an account").click()
    page.get_by_label("Username of the account").fill("rosa")
    shoot(page, "link", "filled-in")
    page.get_by_role("button", name="Show what would change").click()
    shoot(page, "link", "asked")
    page.get_by_label("Why").fill("showed the letter of admission")
    page.get_by_role("button", name="Link it").click()
    expect(page.get_by_role("row").filter(has_text=waiting.key).first).to_be_visible()
    rosa = visits.come("rosa")
    rosa.goto(visits.world.lms)
    expect(rosa.get_by_role("heading", name="Programs", exact=True)).to_be_visible()
    page.get_by_role("link", name=f"Unlink {waiting.key}").click()
    shoot(page, "unlink", "asked")
    page.get_by_label("Why").fill("the letter was another's")
    page.get_by_role("button", name="Unlink it").click()
    expect(page.get_by_role("heading", name="Waits: no account")).to_be_visible()


def test_support_resolves_a_conflict(visits: Visits) -> None:
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support/conflicts")
    shoot(page, "conflicts", "some")
    page.get_by_role("link", name="Resolve").first.click()
    shoot(page, "conflict", "both-sides")
    page.get_by_role("radio", name="Leave it").check()
    page.get_by_label("Why").fill("the holder showed the student card")
    page.get_by_role("button", name="Decide").click()
    page.goto(f"{visits.world.lms}/support/conflicts")
    expect(page.get_by_text("No conflicts are open.")).to_be_visible()
    shoot(page, "conflicts", "none")


def test_support_is_shown_what_cannot_be_undone_before_it_is_done(visits: Visits) -> None:
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support/merge?source=nora")
    shoot(page, "merge", "empty")
    page.get_by_label("The account that the person goes on with").fill("rosa")
    page.get_by_role("button", name="Show what would go over").click()
    expect(page.get_by_role("button", name="Merge them")).to_be_visible()
    shoot(page, "merge", "asked")


def test_support_merges_two_accounts_of_one_person(visits: Visits) -> None:
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support/merge?source=thea&into=theodora")
    page.get_by_label("Why").fill("registered twice")
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("thea was merged into theodora, and is closed.")).to_be_visible()
    shoot(page, "learner", "merged")


def test_support_retires_a_person_who_asks_to_be_forgotten(visits: Visits) -> None:
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support/learners/tilda")
    page.get_by_role("link", name="Retire").click()
    shoot(page, "retire", "asked")
    page.get_by_label("Type the username").fill("somebody")
    page.get_by_label("Why").fill("asked to be forgotten")
    page.get_by_role("button", name="Retire the person").click()
    expect(page.get_by_text("Type the username exactly")).to_be_visible()
    shoot(page, "retire", "mistyped")
    page.get_by_label("Type the username").fill("tilda")
    page.get_by_role("button", name="Retire the person").click()
    expect(page.get_by_text("nothing here names them any more")).to_be_visible()
    shoot(page, "support", "retired")
    find(page, "tilda@river.example")
    expect(page.get_by_text("Nobody was found whom you may see.")).to_be_visible()


def test_support_withdraws_what_waits_for_a_student(visits: Visits) -> None:
    waiting = invent_school().students[-2]
    page = visits.come(HELPER)
    page.goto(f"{visits.world.lms}/support")
    find(page, waiting.key)
    page.get_by_role("link", name="Withdraw").click()
    shoot(page, "withdraw", "asked")
    page.get_by_label("Why").fill("the school had sent the wrong file")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    shoot(page, "learner", "withdrawn")


def test_support_finds_who_waits_by_the_title_of_a_program(visits: Visits) -> None:
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support")
    find(page, "Data Science")
    page.get_by_role("link", name="Show who waits in it").click()
    shoot(page, "waiting-in", "some")


def test_an_operator_sees_how_the_platform_runs(visits: Visits) -> None:
    page = visits.come("opal")
    page.goto(f"{visits.world.lms}/support/operating")
    expect(page.get_by_role("heading", name="How the platform runs")).to_be_visible()
    shoot(page, "operating", "well")


def find(page: Page, words: str) -> None:
    page.get_by_label("Username, e-mail address").fill(words)
    page.get_by_role("button", name="Find").click()
