import json
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given as sampled
from hypothesis import strategies

from matricula.lms.rosters import decoding
from matricula.lms.rosters.decoding import JsonRows, NdjsonRows, Record
from matricula.lms.rosters.reading import COURSE_COLUMNS, PROGRAM_COLUMNS
from matricula.service.splitting import (
    LINE_LIMIT,
    LineTooLong,
    MalformedLine,
    UnreadableRoster,
    WrongEncoding,
)

ROWS = [{"student_key": "rv-1", "status": "enrolled"}, {"student_key": "日本", "status": "ended"}]
CELLS = [(1, ["rv-1", "enrolled", ""], None), (2, ["日本", "ended", ""], None)]


def read(body: str | bytes, columns: tuple[str, ...] = PROGRAM_COLUMNS) -> list[Record]:
    raw = body.encode() if isinstance(body, str) else body
    return list(JsonRows(BytesIO(raw), columns))


def read_lines(body: str | bytes) -> list[Record]:
    raw = body.encode() if isinstance(body, str) else body
    return list(NdjsonRows(BytesIO(raw), PROGRAM_COLUMNS))


def reasons(body: str, columns: tuple[str, ...] = PROGRAM_COLUMNS) -> list[str]:
    return [judged.reason if judged else "" for _, _, judged in read(body, columns)]


def test_a_list_of_objects_is_rows() -> None:
    assert read(json.dumps(ROWS)) == CELLS
    assert read(json.dumps({"rows": ROWS}, ensure_ascii=False, indent=2)) == CELLS


def test_each_line_of_ndjson_is_a_row() -> None:
    first, second = map(json.dumps, ROWS)
    found = read_lines(f"\ufeff{first}\r\n\n  \n{second}")
    assert found == [CELLS[0], (4, *CELLS[1][1:])]


def test_an_empty_list_has_no_rows() -> None:
    assert read("[]") == read(' { "rows" : [ ] } ') == read_lines("") == []


def test_a_byte_order_mark_is_dropped() -> None:
    assert read(b"\xef\xbb\xbf" + json.dumps(ROWS).encode()) == CELLS


@pytest.mark.parametrize("block", [1, 7, 64])
def test_rows_may_be_cut_anywhere(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "BLOCK", block)
    assert read(json.dumps({"rows": ROWS}, ensure_ascii=False)) == CELLS


def test_whole_numbers_are_texts() -> None:
    long = "1" * 5000
    body = f'[{{"student_key": 12345, "status": {long}}}, {{"student_key": -7}}]'
    assert [cells[0] for _, cells, _ in read(body)] == ["12345", "-7"]
    assert reasons(body) == ["", ""]


def test_course_staff_may_be_a_yes_or_no() -> None:
    body = '[{"student_key": "a", "course_id": "c", "status": "active", "course_staff": true}]'
    assert read(body, COURSE_COLUMNS) == [(1, ["a", "c", "active", "true", ""], None)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"student_key": true}', "student_key is true, and no text"),
        ('{"status": [1]}', "status is a list, and no text"),
        ('{"status": {"a": {}}}', "status is an object, and no text"),
        (
            '{"student_key": 1.5}',
            "student_key is the number '1.5'; only a whole one can be a text",
        ),
        (
            '{"student_key": NaN}',
            "student_key is the number 'NaN'; only a whole one can be a text",
        ),
        ('{"student_key": "\\ud800"}', "student_key has half a character (U+D800)"),
        (
            '{"say": 1}',
            "there is no field 'say'; there are student_key, status, curriculum_uuid",
        ),
        ('{"status": "a", "status": "b"}', "the field 'status' is there more than once"),
        ("[]", "the row is a list, and no object"),
        ("null", "the row is null, and no object"),
        ("5", "the row is a text or a number, and no object"),
        ("5.5", "the row is a number, and no object"),
        ("false", "the row is true or false, and no object"),
    ],
)
def test_what_is_wrong_with_one_row_is_said_of_that_row(row: str, reason: str) -> None:
    good = json.dumps(ROWS[0])
    assert reasons(f"[{good}, {row}, {good}]") == ["", reason, ""]
    lines = read_lines(f"{good}\n{row}\n{good}")
    assert [judged.reason if judged else "" for _, _, judged in lines] == ["", reason, ""]


def test_cells_can_always_be_written() -> None:
    """Half a character cannot be encoded, so it is replaced where the row is told again."""
    [(_, cells, judged)] = read('[{"student_key": "a\\udc00"}]')
    assert cells[0] == "a\N{REPLACEMENT CHARACTER}"
    assert judged is not None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Line 1, column 1: a list of rows, or an object with rows, should be here."),
        ('"rows"', "Line 1, column 1: a list of rows, or an object with rows, should be here."),
        ('{"row": []}', "Line 1, column 7: the object has rows, a list, and nothing else."),
        ('{"rows": {}}', "Line 1, column 10: a list of rows"),
        ('{"rows": [], "more": 1}', "Line 1, column 12: the end of the object"),
        ("[{}\n{}]", "Line 2, column 1: a comma or the end of the list should be here."),
        ("[{},\n ]", "Line 2, column 2: expecting value."),
        ('[{"student_key"\n: x}]', "Line 2, column 3: expecting value."),
        ("[{}", "Line 1, column 4: a comma or the end of the list should be here."),
        ('[{"student_key": ', "it ends too early."),
        ("[{}] x", "Line 1, column 6: there is more after the end."),
        ("[" * 100_000, "it is nested too deep."),
    ],
)
def test_what_leaves_unclear_where_the_rows_are_is_unreadable(body: str, words: str) -> None:
    with pytest.raises(MalformedLine) as caught:
        read(body)
    assert words in str(caught.value)


def test_lines_and_columns_are_counted_over_all_that_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decoding, "BLOCK", 5)
    body = "[\n" + "{},\n" * 1000 + "  {} {}]"
    with pytest.raises(MalformedLine, match=r"^Line 1002, column 6: "):
        read(body)


@pytest.mark.parametrize("read_body", [read, read_lines])
def test_another_encoding_is_named(read_body: object) -> None:
    assert callable(read_body)
    text = '[{"student_key": "é"}]'
    with pytest.raises(WrongEncoding, match=r"byte 0xE9 is not UTF-8"):
        read_body(text.encode("latin-1"))
    with pytest.raises(WrongEncoding, match="UTF-16"):
        read_body(text.encode("utf-16"))


def test_a_row_has_a_longest_length() -> None:
    row = json.dumps({"student_key": "a" * LINE_LIMIT})
    with pytest.raises(LineTooLong):
        read(f"[{row}]")
    with pytest.raises(LineTooLong):
        read_lines(row)
    with pytest.raises(UnreadableRoster):
        read('[{"student_key": "' + "a" * 10 * LINE_LIMIT)


def test_a_line_that_is_no_json_is_one_row() -> None:
    [(line, _, judged)] = read_lines("student_key,status")
    assert line == 1
    assert judged is not None
    assert judged.reason == "the line is no JSON: expecting value, at column 1"
    [(_, _, judged)] = read_lines("[" * 60_000)
    assert judged is not None
    assert judged.reason == "the line is nested too deep"


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.floats() | strategies.text(),
    lambda inner: (
        strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner, max_size=3)
    ),
)


@sampled(strategies.lists(JSON, max_size=4))
def test_any_json_list_is_as_many_rows(items: list[object]) -> None:
    assert len(read(json.dumps(items))) == len(items)


@sampled(strategies.binary())
def test_any_bytes_are_rows_or_unreadable(body: bytes) -> None:
    for read_body in (read, read_lines):
        with suppress(UnreadableRoster):
            read_body(body)
