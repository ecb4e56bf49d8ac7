"""Cursors: a place in the ledger as a text."""

import pytest

from matricula.lms.changes.api import START, Cursor, InvalidCursor


@pytest.mark.parametrize("cursor", [START, Cursor(17, 4), Cursor(2**63 - 1, 2**63 - 1)])
def test_a_cursor_comes_back_from_its_text(cursor: Cursor) -> None:
    assert Cursor.decode(cursor.encode()) == cursor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1",
        "1-",
        "1-2-3",
        " 1-2",
        "1-2\n",
        "-1-2",
        "g-1",
        "1-8000000000000000",
        "٣-1",
        "1_0-1",
        "f" * 1000 + "-1",
    ],
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.decode(text)
