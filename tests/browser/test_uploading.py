"""A file is sent, planned, applied and undone."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.coming import Visits
from tests.browser.furnishing import UPLOAD_BYTES
from tests.browser.looking import shoot
from tests.browser.sending import HEADER, apply_plan, note, plan, roster, send

FEW = 8
"""An undo of more would wait for a second person."""
MUCH = 20 * UPLOAD_BYTES
WRONG = "BOAT-0001,sleeping\n"


def test_an_empty_school_uploads_looks_applies_and_takes_it_back(visits: Visits) -> None:
    page, console = visits.come("river"), visits.world.registrar
    page.goto(console)
    page.get_by_role("link", name="Boats and Ferries").click()
    shoot(page, "registrar-program", "empty")
    page.get_by_role("link", name="Upload a file").click()
    shoot(page, "upload", "empty")
    send(page, "")
    expect(page.get_by_role("alert")).to_contain_text("Your file was not taken")
    shoot(page, "upload", "fault")
    require_word_while_a_file_is_sent(page)
    send(page, roster("BOAT", range(2, 2 + FEW)) + WRONG, why="the class of 2031")
    expect(page.get_by_role("heading", name="Row by row")).to_be_visible()
    shoot(page, "plan", "ready")
    page.get_by_role("navigation", name="Which rows").get_by_role("link", name="refused").click()
    expect(page.get_by_role("cell", name="asked for: sleeping")).to_be_visible()
    shoot(page, "plan", "refused")
    with visits.world.services.held_up("river-boats"):
        page.get_by_role("button", name="Apply this plan").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        shoot(page, "upload", "writing")
    expect(note(page)).to_contain_text("Done.")
    shoot(page, "upload", "done")
    require_refused_rows_to_correct(page)
    page.get_by_role("button", name="Plan to undo this upload").click()
    expect(page.get_by_role("heading", name="What undoing would do")).to_be_visible()
    expect(page.get_by_role("button", name="Undo it so")).to_be_visible()
    shoot(page, "plan", "undo")
    page.get_by_role("button", name="Undo it so").click()
    expect(note(page)).to_contain_text("The upload is undone.")
    shoot(page, "upload", "undone")
    page.goto(f"{console}/jobs")
    shoot(page, "jobs", "some")
    page.goto(f"{console}/programs/river-boats/students?key=BOAT-0002")
    expect(page.get_by_text("No student with the key")).to_be_visible()


def require_word_while_a_file_is_sent(page: Page) -> None:
    """Stop the file on its way: what the page said meanwhile still stands there."""
    page.route("**/upload", lambda route: route.abort("aborted"))
    send(page, HEADER)
    expect(page.get_by_text("Your file is being sent.")).to_be_visible()
    page.unroute("**/upload")
    page.reload()


def require_refused_rows_to_correct(page: Page) -> None:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Save the refused rows").click()
    lines = Path(coming.value.path()).read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(HEADER.strip())
    assert lines[1].startswith(WRONG.strip())


def test_two_people_plan_at_once_and_the_second_is_told(visits: Visits) -> None:
    river, brook = visits.come("river"), visits.come("brook")
    console = visits.world.registrar
    plan(river, console, "river-canals", roster("CANAL", range(5)))
    plan(brook, console, "river-canals", roster("CANAL", range(3), "pending"))
    apply_plan(river)
    brook.get_by_role("button", name="Apply this plan").click()
    expect(note(brook)).to_contain_text("It has failed.")
    shoot(brook, "upload", "stale")
    brook.get_by_role("link", name="See what has changed").click()
    expect(note(brook)).to_contain_text("something has changed since this plan was made")
    shoot(brook, "plan", "stale")
    brook.get_by_role("button", name="Plan again with the same file").click()
    expect(brook.get_by_role("button", name="Apply this plan")).to_be_visible()
    expect(brook.get_by_role("heading", name="Row by row")).to_be_visible()
    brook.get_by_role("link", name="See who they are").click()
    expect(brook.get_by_role("rowheader")).to_have_text(["CANAL-0003", "CANAL-0004"])
    shoot(brook, "plan", "missing")
    with brook.expect_download() as coming:
        brook.get_by_role("link", name="Save them as a file").click()
    assert "CANAL-0003,enrolled,copy," in Path(coming.value.path()).read_text()


def test_what_changes_much_waits_for_a_second_person(visits: Visits) -> None:
    river, brook = visits.come("river"), visits.come("brook")
    console = visits.world.registrar
    plan(river, console, "river-deltas", roster("DELTA", range(20)))
    apply_plan(river)
    plan(river, console, "river-deltas", roster("DELTA", range(20), "canceled"), why="a mistake")
    expect(note(river)).to_contain_text("It waits for a second person.")
    shoot(river, "plan", "waits-for-others")
    river.goto(f"{console}/approvals")
    shoot(river, "approvals", "own")
    brook.goto(f"{console}/approvals")
    shoot(brook, "approvals", "of-another")
    deltas = brook.get_by_role("listitem").filter(has_text="Deltas")
    deltas.get_by_role("link", name="Decide").click()
    shoot(brook, "approvals", "decide")
    brook.get_by_role("link", name="Look at the plan").click()
    shoot(brook, "plan", "waits-for-you")
    apply_plan(brook)
    river.goto(f"{console}/programs/river-deltas")
    expect(river.get_by_role("link", name="Upload a file")).to_be_visible()


def test_who_meets_another_at_a_program_is_told_who_it_is_and_how_far(visits: Visits) -> None:
    river, brook = visits.come("river"), visits.come("brook")
    console = visits.world.registrar
    plan(brook, console, "river-harbors", roster("HARBOR", range(5), "pending"))
    plan(river, console, "river-harbors", roster("HARBOR", range(5)))
    with visits.world.services.held_up("river-harbors"):
        river.get_by_role("button", name="Apply this plan").click()
        expect(river.get_by_role("progressbar")).to_be_visible()
        brook.get_by_role("button", name="Apply this plan").click()
        expect(brook.get_by_role("alert")).to_contain_text("Another job writes to this program")
        writer = brook.locator(".note").filter(has_text="A job writes to this program just now")
        expect(writer).to_contain_text("by river")
        shoot(brook, "plan", "met")
        brook.goto(f"{console}/programs/river-harbors/upload")
        expect(writer).to_contain_text("by river")
        shoot(brook, "upload", "met")
        writer.get_by_role("link", name="See that job").click()
        expect(brook.get_by_role("progressbar")).to_be_visible()
    expect(note(brook)).to_contain_text("Done.")


def test_an_undo_leaves_what_another_has_changed_since(visits: Visits) -> None:
    river, brook = visits.come("river"), visits.come("brook")
    console = visits.world.registrar
    plan(river, console, "river-islands", roster("ISLAND", range(3)))
    apply_plan(river)
    plan(brook, console, "river-islands", roster("ISLAND", range(1), "pending"))
    apply_plan(brook)
    river.get_by_role("button", name="Plan to undo this upload").click()
    expect(river.get_by_role("button", name="Undo it so")).to_be_visible()
    kept = river.get_by_role("row").filter(has_text="ISLAND-0000")
    expect(kept).to_contain_text("stays: pending")
    expect(kept).to_contain_text("changed since by")
    shoot(river, "plan", "undo-changed-since")
    river.get_by_role("button", name="Undo it so").click()
    expect(note(river)).to_contain_text("The upload is undone.")
    river.goto(f"{console}/programs/river-islands/students?key=ISLAND-0000")
    expect(river.get_by_text("pending").first).to_be_visible()
    shoot(river, "student", "pending")


def test_a_file_that_is_too_large_is_not_taken_and_the_limit_is_named(visits: Visits) -> None:
    page = visits.come("river")
    page.goto(f"{visits.world.registrar}/programs/river-art/upload")
    send(page, HEADER + "x" * MUCH)
    expect(page.get_by_role("alert")).to_contain_text("The file is larger than 1 MB")
    shoot(page, "upload", "too-large")
