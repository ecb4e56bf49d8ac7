"""Walking through pages with the keyboard alone."""

from playwright.sync_api import Locator, Page, expect

MOST_STEPS = 60
IS_SEEN = """element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tab key until the element has the focus, which must be seen there."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STEPS):
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate(IS_SEEN), f"nobody sees that the focus is at {wanted}"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by the tab key")


def press(page: Page, wanted: Locator) -> None:
    """Go to a link or button and press it."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def type_in(page: Page, label: str, text: str) -> None:
    """Go to a field by its label and fill it in."""
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)
