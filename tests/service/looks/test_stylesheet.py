"""The stylesheet, where a browser would have to be looked at to see what is wrong with it."""

import re
from pathlib import Path

from matricula.service import looks

STYLESHEET = (Path(looks.__file__).parent / "static/looks/matricula.css").read_text()
TOKENS = re.compile(r"(--[\w-]+):")


def tokens_of(media: str) -> set[str]:
    """Return what the first block of a medium sets."""
    _before, _medium, block = STYLESHEET.partition(f"@media {media} {{")
    return set(TOKENS.findall(block.partition("}")[0]))


def test_paper_is_light_however_dark_the_screen_is() -> None:
    of_the_dark = tokens_of("(prefers-color-scheme: dark)")
    assert len(of_the_dark) > 20
    assert of_the_dark - tokens_of("print") == set()
