import json
import math
from itertools import product
from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from matricula.lms.program_enrollments.api import ProgramRow
from matricula.lms.rest.program_enrollments_v1.problems import TooManyEnrollments
from matricula.lms.rest.program_enrollments_v1.reading import read_course_rows, read_program_rows

CURRICULUM = "0b3a5c1e-0000-4000-8000-000000000002"
RUN = "course-v1:RiverU+HYD1+2031_T1"


class RestFrameworksRow(serializers.Serializer[Any]):
    """What edX reads rows with; here to compare the words."""

    student_key = serializers.CharField()
    status = serializers.CharField()
    curriculum_uuid = serializers.UUIDField()


def a_row(**fields: object) -> dict[str, object]:
    return {
        "student_key": "rv-1",
        "status": "enrolled",
        "curriculum_uuid": CURRICULUM,
        **fields,
    }


def read_faults(body: object) -> object:
    with pytest.raises(ValidationError) as raised:
        read_program_rows(body, names_curriculum=True)
    return plain(raised.value.detail)


def plain(faults: object) -> object:
    """Faults as they are sent: REST framework's carry codes beside the words."""
    return json.loads(json.dumps(faults))


def read_staff(said: object) -> str:
    body = [{"student_key": "rv-1", "status": "active", "course_staff": said}]
    return read_course_rows(body, course_run=RUN)[0].course_staff


def test_a_row_is_read_without_white_space_around_its_fields() -> None:
    body = [a_row(student_key=" rv-1\n", status=" enrolled ")]

    rows = read_program_rows(body, names_curriculum=True)

    assert rows == [ProgramRow(1, "rv-1", "enrolled", CURRICULUM)]


def test_faults_stand_where_their_rows_stand() -> None:
    assert read_faults([a_row(), {"status": "enrolled", "curriculum_uuid": CURRICULUM}]) == [
        {},
        {"student_key": ["This field is required."]},
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *product(["student_key", "status"], [None, True, False, [], {}, ["rv-1"], 7, 0, 1.5, -3]),
        *product(["curriculum_uuid"], [None, [], {}, "", "abc", 1.5, CURRICULUM.upper()]),
        ("status", ""),
        ("status", " \t"),
        ("unknown", {"deep": [1]}),
    ],
)
def test_a_field_is_read_as_rest_framework_reads_it(field: str, value: object) -> None:
    row = a_row(**{field: value})
    theirs = RestFrameworksRow(data=row)

    if theirs.is_valid():
        read = read_program_rows([row], names_curriculum=True)[0]
        expected = theirs.validated_data
        assert (read.student_key, read.status) == (expected["student_key"], expected["status"])
        assert read.curriculum_uuid == str(expected["curriculum_uuid"])
    else:
        assert read_faults([row]) == [plain(theirs.errors)]


@pytest.mark.parametrize("body", [None, {}, "rows", 3, True, 1.5])
def test_a_body_that_is_no_list_is_refused_in_the_words_of_rest_framework(body: object) -> None:
    theirs = RestFrameworksRow(data=body, many=True)
    assert not theirs.is_valid()
    assert read_faults(body) == plain(theirs.errors)


@pytest.mark.parametrize("item", [None, 1, "row", [], True, 1.5])
def test_an_item_that_is_no_object_is_refused_in_the_words_of_rest_framework(
    item: object,
) -> None:
    theirs = RestFrameworksRow(data=[item], many=True)
    assert not theirs.is_valid()
    assert read_faults([a_row(), item]) == [{}, plain(theirs.errors[0])]


@pytest.mark.parametrize("key", ["", "  ", "k" * 256, "a\0b"])
def test_what_no_key_can_be_is_left_to_the_rows_own_verdict(key: str) -> None:
    rows = read_program_rows([a_row(student_key=key)], names_curriculum=True)
    assert rows[0].student_key == key.strip()


def test_the_registrars_word_for_no_curriculum_is_read() -> None:
    row = read_program_rows([a_row(curriculum_uuid="None")], names_curriculum=True)[0]
    assert row.curriculum_uuid == "None"


@pytest.mark.parametrize("said", [CURRICULUM, "junk", None, 7, []])
def test_where_no_curriculum_counts_it_may_say_anything(said: object) -> None:
    row = read_program_rows([a_row(curriculum_uuid=said)], names_curriculum=False)[0]
    assert row.curriculum_uuid == ""


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (True, "True"),
        (False, "False"),
        (1, "1"),
        (0, "0"),
        (1.0, "1"),
        ("TRUE", "TRUE"),
        ("", ""),
        ("yes", "yes"),
        (0.5, "0.5"),
        (2, "2"),
        ("maybe", "maybe"),
    ],
)
def test_staff_words_are_passed_on(said: object, read: str) -> None:
    assert read_staff(said) == read


def test_a_row_may_say_nothing_of_staff() -> None:
    body = [{"student_key": "rv-1", "status": "active"}]
    assert read_course_rows(body, course_run=RUN)[0].course_staff == ""


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (None, "This field may not be null."),
        ([], "Must be a valid boolean."),
        ({}, "Must be a valid boolean."),
    ],
)
def test_what_is_no_word_for_staff_at_all_is_refused(said: object, fault: str) -> None:
    with pytest.raises(ValidationError) as raised:
        read_staff(said)
    assert raised.value.detail == [{"course_staff": [fault]}]


def test_twenty_five_rows_are_read_and_one_more_is_too_many() -> None:
    assert len(read_program_rows([a_row()] * 25, names_curriculum=True)) == 25
    with pytest.raises(TooManyEnrollments, match="26 enrollments requested, but limit is 25"):
        read_program_rows([a_row()] * 26, names_curriculum=True)


def test_a_faulty_row_is_told_before_there_are_too_many() -> None:
    faults = read_faults([*[a_row()] * 25, a_row(status=None)])
    assert faults == [*[{}] * 25, {"status": ["This field may not be null."]}]


def test_numbers_beyond_all_measure_are_texts_like_others() -> None:
    rows = read_program_rows(
        [a_row(student_key=10**30), a_row(student_key=1e300)], names_curriculum=True
    )
    assert [row.student_key for row in rows] == [str(10**30), str(1e300)]
    assert math.isfinite(float(rows[1].student_key))
