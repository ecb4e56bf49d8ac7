"""What is printed is what is stored, whatever it looks like."""

import io

import pytest

from matricula.cli import showing

LOOKS = pytest.mark.parametrize(
    "text",
    ["[bold]x[/bold]", r"\[bold]x", "[7]", "a[", "a\\", "a\\\\", "C:\\[x]", ":cat:", "[link=x]y"],
)


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    screen = io.StringIO()
    monkeypatch.setattr(showing.OUT, "_file", screen)
    return screen


@LOOKS
def test_a_cell_is_never_read_as_markup(out: io.StringIO, text: str) -> None:
    showing.show_table(["key"], [[text]])
    assert [line.strip() for line in out.getvalue().splitlines()] == ["key", text]


@LOOKS
def test_neither_is_a_sentence(out: io.StringIO, text: str) -> None:
    showing.say(text)
    assert out.getvalue() == f"{text}\n"


def test_an_empty_cell_is_empty(out: io.StringIO) -> None:
    showing.show_table(["a", "b"], [[None, 0]])
    assert out.getvalue().split() == ["a", "b", "0"]
