import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given, strategies

from matricula.service.splitting import (
    LINE_LIMIT,
    BinaryRoster,
    LineTooLong,
    MalformedLine,
    Records,
    UnclosedQuote,
    UnreadableRoster,
    WrongEncoding,
)

# What may stand between quotes: no lone carriage return, which the file's own line ends may be.
VALUES = strategies.text(
    strategies.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), max_size=12
)


def split(data: bytes) -> list[tuple[int, list[str]]]:
    return list(Records(BytesIO(data)))


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableRoster) as refused:
        split(data)
    return str(refused.value)


def test_a_file_is_split_into_values_and_the_line_of_each_record_is_known() -> None:
    assert split(b"a,b\nc,d\n") == [(1, ["a", "b"]), (2, ["c", "d"])]


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_values() -> None:
    assert split(b"\xef\xbb\xbfa,b\r\nc,d") == [(1, ["a", "b"]), (2, ["c", "d"])]


@pytest.mark.parametrize("blank", [b"", b"  ", b"\t", b",,", b' , "" ', b'""'])
def test_blank_lines_are_left_out_and_counted(blank: bytes) -> None:
    assert split(blank + b"\na\n" + blank + b"\n" + blank + b"\nb\n") == [(2, ["a"]), (5, ["b"])]


def test_a_quoted_value_may_hold_commas_quotes_and_line_ends() -> None:
    data = b'"a,b","say ""no""","two\r\nlines"\nnext,,\n'
    assert split(data) == [(1, ["a,b", 'say "no"', "two\nlines"]), (3, ["next", "", ""])]


def test_blanks_around_quotes_are_no_part_of_the_value() -> None:
    assert split(b'  "a" , "b"\t,c \n') == [(1, ["a", "b", "c "])]


def test_a_quote_in_the_middle_of_a_value_is_a_quote() -> None:
    assert split(b'5" pipe,"x"\nnext,y\n') == [(1, ['5" pipe', "x"]), (2, ["next", "y"])]


@given(strategies.lists(strategies.lists(VALUES, min_size=2, max_size=4), max_size=6))
def test_whatever_a_csv_writer_writes_is_read_as_it_was(records: list[list[str]]) -> None:
    out = StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(records)
    told = [record for record in records if any(map(str.strip, record))]
    assert [values for _, values in split(out.getvalue().encode())] == told


def test_a_byte_that_is_not_utf_8_is_named_by_line_and_column() -> None:
    words = refusal("student_key,status\nanna,enrolled\nJosé,enrolled\n".encode("latin-1"))
    assert words == ("Line 3, column 4: byte 0xE9 is not UTF-8; save the file as CSV in UTF-8.")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised(encoding: str) -> None:
    with pytest.raises(WrongEncoding, match=r"Line 1, column \d: the file is in UTF-16"):
        split("student_key,status\nanna,enrolled\n".encode(encoding))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"student_key,status\nan\0na,enrolled\n", "Line 2, column 3: this is a binary file"),
        (b"PK\x03\x04\x14\0\x06\0\n", "Line 1, column 6: this is an Excel workbook or a zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Line 1, column 1: this is an old Excel workbook"),
        (b"PK\x03\x04" + b"\x80" * LINE_LIMIT, "this is an Excel workbook"),
        (b"a" * LINE_LIMIT + b"\0", "this is a binary file"),
    ],
)
def test_a_binary_file_is_recognised(data: bytes, words: str) -> None:
    with pytest.raises(BinaryRoster) as refused:
        split(data)
    assert words in str(refused.value)


def test_a_line_may_be_long_and_not_longer() -> None:
    longest = b"a" * (LINE_LIMIT - 1) + b"\n"
    assert len(split(longest)) == 1
    with pytest.raises(LineTooLong, match=r"Line 2, column 65537: .* more than 65,536 bytes\."):
        split(b"a\na" + longest)


def test_old_line_ends_are_recognised_in_a_short_file_and_in_a_long_one() -> None:
    with pytest.raises(MalformedLine, match="Line 1, column 4: there is a carriage return"):
        split(b"a,b\rc,d\r")
    with pytest.raises(MalformedLine, match="Line 1, column 6: there is a carriage return"):
        split(b'"a",b\rc,d\r')
    with pytest.raises(LineTooLong, match="carriage returns alone"):
        split(b"a,b\r" * LINE_LIMIT)


def test_a_quote_that_is_never_closed_is_named_where_it_opens() -> None:
    assert refusal(b'a,b\nc,"d\ne,f\n') == (
        "Line 2, column 3: the quote that opens here is not closed."
    )
    assert refusal(b'"two\nlines","d\n') == (
        "Line 2, column 8: the quote that opens here is not closed."
    )


def test_a_quote_that_swallows_the_rest_of_the_file_is_refused_early() -> None:
    with pytest.raises(UnclosedQuote, match=r"Line 1, column 1: .* within 65,536 characters"):
        split(b'"a\n' + b"b,c\n" * LINE_LIMIT)


def test_text_after_a_closing_quote_is_not_guessed_at() -> None:
    assert refusal(b'a,b\nc,"O"Brien"\n').startswith(
        "Line 2, column 6: there is text after a closing quote"
    )
