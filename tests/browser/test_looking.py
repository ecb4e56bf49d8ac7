"""That looking at pages finds what is wrong with them."""

from tests.browser.coming import Visits
from tests.browser.looking import RULES, list_faults

SOUND = """<!doctype html><html lang="en"><title>Sound</title>
<main><h1>Sound</h1><p>All can read this.</p></main>"""
BROKEN = SOUND.replace("<p>", '<img src="data:,"><p style="width: 3000px; color: #ddd">')


def test_a_page_that_all_can_use_has_no_faults(visits: Visits) -> None:
    page = visits.come()
    page.set_content(SOUND)
    assert list(list_faults(page, RULES["light"])) == []


def test_what_somebody_could_not_use_is_found(visits: Visits) -> None:
    page = visits.come()
    page.set_content(BROKEN)
    found = "\n".join(list_faults(page, RULES["light"]))
    for fault in ("image-alt", "color-contrast", "wider than the window"):
        assert fault in found


def test_a_page_that_asks_elsewhere_is_complained_of(visits: Visits) -> None:
    page = visits.come()
    page.goto(visits.world.lms)
    page.evaluate("fetch('https://elsewhere.example/').catch(() => null)")
    assert "elsewhere.example" in "\n".join(visits.complaints)
    visits.complaints.clear()
