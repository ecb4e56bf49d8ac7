"""Reading bodies."""

from io import BytesIO
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from matricula.service.parsing import (
    BODY_LIMIT,
    BodyTooLarge,
    JsonParser,
    UnsupportedCharset,
    decode_json,
    read_body,
)


def parse(body: bytes, media_type: str = "application/json") -> Any:  # noqa: ANN401  JSON is anything
    return JsonParser().parse(BytesIO(body), media_type)


def test_json_is_read() -> None:
    assert parse(b' [{"a": [1, 2.5, null, true, "\xc3\xa9"]}] ') == [
        {"a": [1, 2.5, None, True, "é"]}
    ]


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_nothing_is_none(body: bytes) -> None:
    assert parse(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1,]",
        b"{} {}",
        b"'a'",
        b"nothing",
        b"NaN",
        b"[Infinity]",
        b"\xff",
        b'"\xff"',
        b'"\\ud800"',
        b'"\\ud800\\u0041"',
        b'"a\nb"',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b"[" * 2000 + b"]" * 2000,
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        b"1" * 5000,
        b"-" + b"9" * 5000,
        b"1e999",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        decode_json(body)


def test_a_body_is_read_up_to_its_limit() -> None:
    assert len(read_body(BytesIO(b"x" * 10), limit=10)) == 10
    with pytest.raises(BodyTooLarge):
        read_body(BytesIO(b"x" * 11), limit=10)
    with pytest.raises(BodyTooLarge):
        parse(b'"' + b"x" * BODY_LIMIT + b'"')


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8", "us-ascii"])
def test_a_charset_may_be_named(charset: str) -> None:
    assert parse(b"{}", f"application/json; charset={charset}") == {}


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "", "nonsense"])
def test_others_are_refused(charset: str) -> None:
    with pytest.raises(UnsupportedCharset):
        parse(b"{}", f"application/json; charset={charset}")
