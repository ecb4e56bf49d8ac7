"""Sending files at the Registrar, as people of a school do it."""

from collections.abc import Iterable

from playwright.sync_api import FilePayload, Locator, Page, expect

HEADER = "student_key,status\n"


def roster(prefix: str, numbers: Iterable[int], status: str = "enrolled") -> str:
    """Write a file of students, whose keys have a prefix and a number."""
    return HEADER + "".join(f"{prefix}-{number:04},{status}\n" for number in numbers)


def plan(page: Page, address: str, program: str, text: str, *, why: str = "") -> None:
    """Choose a file for a program, and come back when its plan is shown."""
    page.goto(f"{address}/programs/{program}/upload")
    send(page, text, why=why)
    expect(page.get_by_role("heading", name="Row by row")).to_be_visible()


def send(page: Page, text: str, *, why: str = "") -> None:
    """Choose a file on the page that asks for one."""
    file: FilePayload = {"name": "roster.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Your file").set_input_files(file)
    if why:
        page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="See what it would do").click()


def apply_plan(page: Page) -> None:
    """Have the plan that is shown done, and come back when it is."""
    page.get_by_role("button", name="Apply this plan").click()
    expect(note(page)).to_contain_text("Done.")


def note(page: Page) -> Locator:
    """Find what the page says first."""
    return page.get_by_role("main").locator(".note").first
