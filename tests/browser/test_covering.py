"""That no page is left out of the pictures."""

import ast
from pathlib import Path

import pytest

from tests.browser.covering import (
    PICTURED,
    TROUBLES,
    UNSEEN,
    list_covered,
    map_addresses,
    require_shown,
)


def test_every_page_of_both_services_has_a_picture() -> None:
    assert list_covered() | UNSEEN.keys() == map_addresses().keys()


def test_nothing_that_has_a_picture_is_said_to_have_none() -> None:
    assert not list_covered() & UNSEEN.keys()


def test_every_picture_is_taken_by_some_test() -> None:
    words: set[str] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        if file.name != Path(__file__).name:
            tree = ast.parse(file.read_text())
            words |= {
                each.value
                for each in ast.walk(tree)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
    assert words >= {*PICTURED, *TROUBLES}


def test_a_picture_of_another_page_than_its_name_says_is_refused() -> None:
    require_shown("link", "http://127.0.0.1/support/link?username=nora", status=200)
    for path, status in (("unlink", 200), ("link", 404)):
        with pytest.raises(AssertionError):
            require_shown("link", f"http://127.0.0.1/support/{path}", status=status)
