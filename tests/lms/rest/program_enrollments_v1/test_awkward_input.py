"""What no client of good will sends: an answer as contracted, and never a failure."""

import pytest
from rest_framework.test import APIClient

from matricula.lms.catalog.api import ProgramOutline
from tests import given
from tests.calling import calling_with
from tests.lms.rest.program_enrollments_v1.asking import (
    BASE,
    UNKNOWN,
    course_enrollments,
    curriculum_of,
    enrollments,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> ProgramOutline:
    return given.program(runs=[given.course_run("HYD1")])


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("write")


@pytest.mark.parametrize(
    "key",
    [
        "1" * 5_000,
        "-0",
        "1e400",
        "1.0000000000000000000001",
        '"\\ud800"',
        '"\\u0000"',
        '"\\ud83c\\udf93"',
        '"\\u202e"',
        "NaN",
        "[]",
    ],
)
@pytest.mark.parametrize("field", ["student_key", "status", "curriculum_uuid", "course_staff"])
def test_any_json_in_any_field_gets_an_answer(
    key: str, field: str, program: ProgramOutline, registrar: APIClient
) -> None:
    good = {
        "student_key": '"rv-1"',
        "status": '"active"',
        "curriculum_uuid": f'"{curriculum_of(program)}"',
    }
    row = ", ".join(f'"{name}": {value}' for name, value in {**good, field: key}.items())
    for path in (enrollments(program), course_enrollments(program, given.course_run("HYD1"))):
        answer = registrar.generic("PUT", path, f"[{{{row}}}]", content_type="application/json")
        assert answer.status_code in {200, 207, 400, 422}, answer.content


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%E5%AD%A6", "a" * 5_000, "%25", "%2B"])
def test_any_text_in_an_address_gets_an_answer(
    text: str, program: ProgramOutline, registrar: APIClient
) -> None:
    uuid = str(program.uuid)
    for path in (
        f"{BASE}/programs/enrollments/?type={text}",
        f"{BASE}/programs/{text}/enrollments/",
        f"{BASE}/programs/{uuid}/courses/{text}/enrollments/",
        f"{BASE}/programs/{uuid}/courses/{text}/grades/",
        f"{BASE}/programs/{uuid}/enrollments/?cursor={text}",
        f"{BASE}/programs/{uuid}/enrollments/?page_size={text}&unknown={text}",
        f"{BASE}/users/{text}/programs/{uuid}/courses",
        f"{BASE}/users/{text}/programs/{UNKNOWN}/courses",
    ):
        assert registrar.get(path).status_code in {200, 403, 404}, path


def test_a_link_repeats_even_an_awkward_query(
    program: ProgramOutline, registrar: APIClient
) -> None:
    given.enrolled("rv-1", "rv-2", program=program)
    page = registrar.get(f"{enrollments(program)}?page_size=1&x=%26%3D%00%E5&x=2").json()
    assert page["next"].count("x=") == 2
    (row,) = registrar.get(page["next"]).json()["results"]
    assert row["student_key"] == "rv-2"
