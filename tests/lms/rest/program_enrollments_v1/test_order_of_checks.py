"""Whatever is wrong with a request, the first of these is told: who, may they, where, what."""

import pytest

from matricula.lms.catalog.api import ProgramOutline
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.rest.program_enrollments_v1.asking import (
    UNKNOWN,
    course_enrollments,
    course_row,
    enrollments,
    grades,
    program_row,
)

pytestmark = pytest.mark.django_db

NO_PROGRAM = {
    "developer_message": "no program exists with given key",
    "error_code": "program_does_not_exist",
}
WRITES = ["post", "patch", "put"]


@pytest.fixture
def program() -> ProgramOutline:
    return given.program(runs=[given.course_run("HYD1")])


@pytest.mark.parametrize("method", ["get", *WRITES, "delete", "options"])
def test_who_does_not_say_who_they_are_learns_nothing_else(method: str) -> None:
    answer = calling_anonymously().generic(method.upper(), enrollments(UNKNOWN), "no rows")

    assert answer.status_code == 401
    assert answer.json() == {"developer_message": "Authentication credentials were not provided."}
    assert answer["WWW-Authenticate"].startswith("JWT")


@pytest.mark.parametrize("method", ["get", *WRITES, "delete"])
def test_who_may_nothing_is_told_so_of_any_program(method: str, program: ProgramOutline) -> None:
    stranger = calling_as(given.account("stranger"))
    for path in (
        enrollments(UNKNOWN),
        enrollments(program),
        course_enrollments(program, "junk"),
        grades(UNKNOWN, "junk"),
    ):
        answer = stranger.generic(method.upper(), path, "no rows")
        assert answer.status_code == 403, path
        assert list(answer.json()) == ["developer_message"]


@pytest.mark.parametrize("method", WRITES)
def test_who_only_reads_writes_nowhere(method: str, program: ProgramOutline) -> None:
    answer = getattr(calling_with("read"), method)(enrollments(program), [{}])
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["get", *WRITES])
@pytest.mark.parametrize("program_id", [UNKNOWN, "abc", "ABC-1", "-", "0" * 40])
def test_an_unknown_program_comes_before_anything_in_the_request(
    method: str, program_id: str
) -> None:
    given.program("abc")
    registrar = calling_with("write")
    for path in (
        enrollments(program_id),
        course_enrollments(program_id, "junk"),
        *([grades(program_id, "junk")] if method == "get" else []),
    ):
        answer = getattr(registrar, method)(path, {"no": "rows"})
        assert (answer.status_code, answer.json()) == (404, NO_PROGRAM)


@pytest.mark.parametrize("method", ["get", *WRITES])
def test_another_schools_program_does_not_exist(method: str) -> None:
    theirs = given.program("glaciers", school_key="Hillside", runs=[given.course_run("HYD1")])
    registrar = calling_with("write", school_key="RiverU")
    for path in (
        enrollments(theirs),
        course_enrollments(theirs, given.course_run("HYD1")),
        *([grades(theirs, given.course_run("HYD1"))] if method == "get" else []),
    ):
        answer = getattr(registrar, method)(path, [])
        assert (answer.status_code, answer.json()) == (404, NO_PROGRAM)


@pytest.mark.parametrize("method", WRITES)
def test_who_writes_elsewhere_and_only_reads_here_is_told_so(method: str) -> None:
    run = given.course_run("HYD1")
    theirs = given.program("glaciers", school_key="Hillside", runs=[run])
    someone = given.account("registrar")
    given.with_role("write", someone, school_key="RiverU")
    given.with_role("read", someone, school_key="Hillside")
    for path in (enrollments(theirs), course_enrollments(theirs, run)):
        assert calling_as(someone).get(path).status_code == 200
        answer = getattr(calling_as(someone), method)(path, [{}])
        assert answer.status_code == 403, path


def test_nothing_in_a_request_gives_a_permission() -> None:
    theirs = given.program("glaciers", school_key="Hillside")
    registrar = calling_with("write", school_key="RiverU")
    row = program_row("h-1", program=theirs, organization="RiverU", is_staff=True)
    answer = registrar.put(f"{enrollments(theirs)}?organization=RiverU&user=admin", [row])
    assert (answer.status_code, answer.json()) == (404, NO_PROGRAM)


@pytest.mark.parametrize(
    ("course_key", "error_code"),
    [
        ("junk", "invalid_course_key"),
        ("course-v1:RiverU+HYD1", "invalid_course_key"),
        ("course-v1:River%20U+HYD1+2031", "invalid_course_key"),
        ("a/b", "invalid_course_key"),
        ("a/b/c/d", "invalid_course_key"),
        ("%00", "invalid_course_key"),
        ("course-v1:RiverU+HYD1+2099", "course_does_not_exist"),
        ("RiverU/HYD1/2099", "course_does_not_exist"),
        ("course-v1:RiverU+ICE9+2031_T1", "course_not_in_program"),
        ("course-v1%3ARiverU%2BICE9%2B2031_T1", "course_not_in_program"),
    ],
)
@pytest.mark.parametrize("method", ["get", *WRITES])
def test_a_wrong_course_comes_before_a_wrong_body(
    method: str, course_key: str, error_code: str, program: ProgramOutline
) -> None:
    given.course_run("ICE9")
    registrar = calling_with("write")

    answer = getattr(registrar, method)(course_enrollments(program, course_key), {"no": "rows"})

    assert answer.status_code == 404
    assert answer.json()["error_code"] == error_code
    if method == "get":
        assert registrar.get(grades(program, course_key)).json()["error_code"] == error_code


@pytest.mark.parametrize("method", WRITES)
def test_a_wrong_body_comes_before_one_that_is_too_long(
    method: str, program: ProgramOutline
) -> None:
    rows = [program_row(f"rv-{number}", program=program) for number in range(26)]
    rows[3] = {"status": "enrolled", "curriculum_uuid": rows[3]["curriculum_uuid"]}

    answer = getattr(calling_with("write"), method)(enrollments(program), rows)

    assert answer.status_code == 400
    faults = answer.json()["developer_message"]
    assert faults == [{}] * 3 + [{"student_key": ["This field is required."]}] + [{}] * 22


@pytest.mark.parametrize("method", WRITES)
def test_more_than_twenty_five_are_too_many(method: str, program: ProgramOutline) -> None:
    registrar = calling_with("write")
    rows = [program_row(f"rv-{number}", "?", program=program) for number in range(26)]
    courses = [course_row(f"rv-{number}") for number in range(26)]
    for path, body in (
        (enrollments(program), rows),
        (course_enrollments(program, given.course_run("HYD1")), courses),
    ):
        answer = getattr(registrar, method)(path, body)
        assert answer.status_code == 413
        assert answer.json() == "26 enrollments requested, but limit is 25."


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[", "application/json", 400),
        (b'[{"student_key": "\xff"}]', "application/json", 400),
        (b'{"a": ' * 5_000, "application/json", 400),
        (b"student_key=rv-1", "application/x-www-form-urlencoded", 415),
        (b"[]", "application/json; charset=utf-16", 415),
        (b" " * (2 * 2**20 + 1), "application/json", 413),
        (b"null", "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 204),
        (b"[]", "", 204),
    ],
)
def test_what_cannot_be_read_is_told_in_the_envelope(
    body: bytes, content_type: str, status: int, program: ProgramOutline
) -> None:
    registrar = calling_with("write")

    answer = registrar.generic(
        "PUT",
        enrollments(program),
        body,  # type: ignore[arg-type]  # some are no text
        content_type=content_type,
    )

    assert answer.status_code == status
    if status != 204:
        assert list(answer.json()) == ["developer_message"]


@pytest.mark.parametrize("program_id", [UNKNOWN, None])
def test_a_method_that_is_none_comes_after_the_permission(
    program_id: str | None, program: ProgramOutline
) -> None:
    run = given.course_run("HYD1")
    registrar = calling_with("read")
    for path in (
        enrollments(program_id or program),
        course_enrollments(program_id or program, run),
        grades(program_id or program, run),
    ):
        answer = registrar.delete(path)
        assert answer.status_code == 405
        assert answer.json() == {"developer_message": 'Method "DELETE" not allowed.'}
    assert registrar.post(grades(program, run), []).status_code == 405
