import json
from collections.abc import Sequence

import pytest
from msgspec import UNSET

from matricula.lms.catalog.gathering import InvalidCatalog, curricula_of, said
from matricula.lms.catalog.parsing import parse_page
from matricula.lms.catalog.records import ProgramRecord

A = "00000000-0000-4000-8000-000000000001"
WHOLE = {
    "uuid": A,
    "title": "MSc Hydrology",
    "subtitle": "not used here",
    "type": "Masters",
    "marketing_slug": "msc-hydrology",
    "authoring_organizations": [{"key": "RiverU", "logo": None}],
    "courses": [],
    "curricula": [
        {
            "uuid": "00000000-0000-4000-8000-000000000002",
            "is_active": True,
            "courses": [
                {
                    "key": "RiverU+HYD1",
                    "course_runs": [
                        {
                            "key": "course-v1:RiverU+HYD1+2031_T1",
                            "external_key": None,
                            "start": "2031-01-01T00:00:00Z",
                        }
                    ],
                }
            ],
            "programs": [{"uuid": "00000000-0000-4000-8000-000000000003"}],
        }
    ],
}


def parse(data: object) -> Sequence[ProgramRecord]:
    return parse_page(json.dumps(data).encode(), source="the file").programs


def test_a_record_is_read_and_what_is_not_used_is_ignored() -> None:
    [program] = parse([WHOLE])
    assert (program.title, program.key) == ("MSc Hydrology", UNSET)
    assert said(program.authoring_organizations)[0].key == "RiverU"
    [curriculum] = curricula_of(program)
    assert said(curriculum.courses)[0].course_runs[0].external_key is None
    assert said(curriculum.programs)[0].is_reference


def test_a_byte_order_mark_is_fine() -> None:
    data = b"\xef\xbb\xbf" + json.dumps(WHOLE).encode()
    assert len(parse_page(data, source="the file").programs) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, r"program 1: Object missing required field `uuid`\."),
        ({"detail": "Not found."}, "missing required field `uuid`"),
        ([WHOLE, {**WHOLE, "title": 3}], rf"program 2 \(3, {A}\) in title: Expected `str"),
        ([{**WHOLE, "uuid": "x"}], r"program 1 \(MSc Hydrology, x\) in uuid: Invalid UUID"),
        (
            {"uuid": A, "curricula": [{"uuid": A, "courses": [{"key": 7}]}]},
            r"in curricula\[0\]\.courses\[0\]\.key: Expected `str`, got `int`",
        ),
        (["x"], "program 1: Expected `object`, got `str`"),
        ({"uuid": A, "courses": None}, "in courses: Expected `array`, got `null`"),
        ({"uuid": A, "title": "a\0b"}, r"program 1 .*null character"),
    ],
)
def test_a_program_of_another_shape_is_named_with_its_field(data: object, words: str) -> None:
    with pytest.raises(InvalidCatalog, match=words):
        parse(data)


@pytest.mark.parametrize("data", ["words", 3, None, {"results": 3}, {"results": [], "next": 3}])
def test_what_is_no_catalog_is_refused(data: object) -> None:
    with pytest.raises(InvalidCatalog, match=r"^the file is no catalog"):
        parse(data)


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b'[{"uuid": ', b'["\xff"]', b"[" * 100_000, b"\x89PNG\r\n\x1a\n\0"]
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidCatalog, match=r"^the file is not JSON"):
        parse_page(data, source="the file")


def test_a_backslash_before_u0000_is_no_null_character() -> None:
    [program] = parse({"uuid": A, "title": "\\u0000"})
    assert program.title == "\\u0000"
