"""Looking at a page: its picture, and whether everybody can use it, in every size and colour."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

from tests.browser.covering import require_shown

PICTURES = Path(__file__).parents[2] / "var" / "screenshots"
SIZES: Mapping[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1280, "height": 900},
}
Colors = Literal["light", "dark"]
COLORS: tuple[Colors, ...] = ("light", "dark")
RULES: Mapping[Colors, Mapping[str, Any]] = {
    "light": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""All that axe has been told to know; in the dark only what darkness can change."""
RUN = "options => axe.run(options).then(found => found.violations)"
STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"
OPTIONS = {"resultTypes": ["violations"], "preload": False}
"""It need not load what the page has loaded, which the page's policy would not let it use."""
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""So many pixels one would have to scroll sideways."""


def shoot(page: Page, name: str, state: str) -> None:
    """Take a picture of the page in each size and colour, and require all of them to be sound."""
    require_shown(name, page.url, status=page.evaluate(STATUS))
    PICTURES.mkdir(parents=True, exist_ok=True)
    faults = []
    for size, color in product(SIZES, COLORS):
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=color, reduced_motion="reduce")
        picture = PICTURES / f"{name}-{state}-{size}-{color}.png"
        page.screenshot(path=picture, full_page=True, animations="disabled")
        faults += [f"{picture.name}: {each}" for each in list_faults(page, RULES[color])]
    assert not faults, "\n".join(faults)


def list_faults(page: Page, rules: Mapping[str, Any]) -> Iterator[str]:
    """Say what of the page somebody could not use, or would have to scroll sideways for."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(RUN, {"runOnly": rules, **OPTIONS})
    for each in found:
        yield from _describe(each)
    if overhang := page.evaluate(OVERHANG):
        yield f"is {overhang} pixels wider than the window"


def _describe(violation: Mapping[str, Any]) -> Iterator[str]:
    for node in violation["nodes"]:
        where = f"{violation['id']} at {node['target']}: {node['html']}"
        yield f"{where}\n  {node['failureSummary']}"
