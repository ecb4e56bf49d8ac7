import csv
from io import StringIO

from hypothesis import given as sampled
from hypothesis import strategies

from matricula.service.escaping import escape_cells, unescape_cells, write_cells

CELLS = strategies.lists(strategies.text(alphabet="'=+-@\t\ra,\"\n"), min_size=1)


def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe() -> None:
    risky = ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "'=1"]
    assert escape_cells(risky) == [f"'{cell}" for cell in risky]
    harmless = ["rv-1", "'x", "O'Brien", "1=1", ""]
    assert escape_cells(harmless) == harmless


@sampled(CELLS)
def test_every_cell_comes_back_as_it_was(cells: list[str]) -> None:
    assert unescape_cells(escape_cells(cells)) == cells


@sampled(CELLS)
def test_rows_are_written_escaped_wherever_the_risky_cell_stands(cells: list[str]) -> None:
    rows = [["a", *cells], [*cells, "a"]]
    text, expected = StringIO(newline=""), StringIO(newline="")
    write_cells(rows, text)
    csv.writer(expected).writerows(map(escape_cells, rows))
    assert text.getvalue() == expected.getvalue()
