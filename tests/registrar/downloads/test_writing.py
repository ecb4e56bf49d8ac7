"""Writing rows: the same file whatever the size of a batch, and never all of it in memory."""

import csv
import io
import json
import tempfile
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from matricula.registrar.downloads.writing import BATCH, Form, Row, write_rows

COLUMNS = ["student_key", "status", "account_exists"]


def rows(count: int) -> Iterator[Row]:
    for number in range(count):
        yield {"student_key": f"s{number}", "status": "enrolled", "account_exists": True}


def written(given: Iterable[Row], form: Form, noted: list[int] | None = None) -> str:
    file = io.BytesIO()
    note = (lambda _: None) if noted is None else noted.append
    write_rows(given, columns=COLUMNS, form=form, to=file, note=note)
    return file.getvalue().decode()


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1])
def test_json_is_a_list_of_all_rows_with_sorted_keys(count: int) -> None:
    text = written(rows(count), Form.JSON)
    assert text == json.dumps(list(rows(count)), indent=4, sort_keys=True) + "\n"


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1])
def test_csv_has_a_header_and_all_rows(count: int) -> None:
    text = written(rows(count), Form.CSV)
    header, *found = csv.reader(io.StringIO(text, newline=""))
    assert header == COLUMNS
    assert found == [[f"s{number}", "enrolled", "True"] for number in range(count)]
    assert text.count("\r\n") == count + 1


@pytest.mark.parametrize("form", Form)
def test_how_far_it_has_come_is_told_after_each_batch(form: Form) -> None:
    noted: list[int] = []
    written(rows(2 * BATCH + 1), form, noted)
    assert noted == [BATCH, 2 * BATCH, 2 * BATCH + 1]


@pytest.mark.parametrize("form", Form)
def test_what_rows_take_in_memory_does_not_grow(form: Form) -> None:
    peaks = []
    for count in (10 * BATCH, 40 * BATCH):
        with tempfile.TemporaryFile() as file:
            tracemalloc.start()
            write_rows(rows(count), columns=COLUMNS, form=form, to=file, note=lambda _: None)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
