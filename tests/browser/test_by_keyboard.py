"""Going about with the keyboard alone."""

import re
from pathlib import Path

from playwright.sync_api import expect

from matricula.cli.example.inventing import invent_school
from tests.browser.coming import Visits
from tests.browser.sending import roster
from tests.browser.walking import press, type_in


def test_a_student_signs_in_and_reads_the_dashboard(visits: Visits) -> None:
    page = visits.come()
    page.goto(visits.world.lms)
    press(page, page.get_by_role("link", name="Skip to the content"))
    expect(page.get_by_role("main")).to_be_focused()
    press(page, page.get_by_role("main").get_by_role("link", name="Sign in"))
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    type_in(page, "Username or e-mail address", "salma.el-sayed")
    type_in(page, "Password", visits.world.passwords["salma.el-sayed"])
    press(page, page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", name="MSc Data Science")).to_be_visible()
    press(page, page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("link", name="Register").first).to_be_visible()


def test_a_school_signs_in_uploads_applies_and_takes_it_back(
    visits: Visits, tmp_path: Path
) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(roster("ESTUARY", range(3)))
    page = visits.come()
    page.on("filechooser", lambda chooser: chooser.set_files(file))
    page.goto(visits.world.registrar)
    press(page, page.get_by_role("main").get_by_role("link", name="Sign in"))
    type_in(page, "Username or e-mail address", "river")
    type_in(page, "Password", visits.world.passwords["river"])
    press(page, page.get_by_role("button", name="Sign in"))
    press(page, page.get_by_role("link", name="Estuaries"))
    press(page, page.get_by_role("link", name="Upload a file"))
    press(page, page.get_by_label("Your file"))
    expect(page.get_by_label("Your file")).to_have_value(re.compile(file.name))
    press(page, page.get_by_role("button", name="See what it would do"))
    press(page, page.get_by_role("button", name="Apply this plan"))
    expect(page.get_by_text("All rows are as you asked for.")).to_be_visible()
    press(page, page.get_by_role("button", name="Plan to undo this upload"))
    press(page, page.get_by_role("button", name="Undo it so"))
    expect(page.get_by_text("All is as it was before.")).to_be_visible()


def test_support_finds_a_student_explains_links_and_unlinks(visits: Visits) -> None:
    waiting = invent_school().students[-3]
    page = visits.come("support")
    page.goto(f"{visits.world.lms}/support")
    type_in(page, "Username, e-mail address, student key or name", waiting.key)
    press(page, page.get_by_role("button", name="Find"))
    type_in(page, "Why in, or not in, this course run?", "course-v1:LindenU+EPI501+2027_Spring")
    press(page, page.get_by_role("button", name="Explain"))
    expect(page.get_by_role("status")).to_be_visible()
    press(page, page.get_by_role("link", name="Link to an account"))
    type_in(page, "Username of the account", "rosa")
    press(page, page.get_by_role("button", name="Show what would change"))
    type_in(page, "Why", "showed the letter of admission")
    press(page, page.get_by_role("button", name="Link it"))
    press(page, page.get_by_role("link", name=f"Unlink {waiting.key}"))
    type_in(page, "Why", "the letter was another's")
    press(page, page.get_by_role("button", name="Unlink it"))
    expect(page.get_by_role("heading", name="Waits: no account")).to_be_visible()
