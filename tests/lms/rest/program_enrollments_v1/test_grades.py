from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.grades.api import EarnedGrade, record_grades
from tests import given
from tests.calling import calling_with
from tests.lms.rest.program_enrollments_v1.asking import grades

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> CourseRun:
    return given.course_run("HYD1")


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    return given.program(runs=[run])


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("read")


def student(key: str, *, program: ProgramOutline, run: CourseRun) -> Account:
    given.enrolled(key, program=program)
    given.on_course(key, program=program, run=run)
    account = given.account(f"of-{key}")
    given.bound(key, account)
    return account


def graded(
    account: Account,
    run: CourseRun,
    percent: str | None,
    *,
    letter: str = "",
    passing: bool = True,
) -> None:
    earned = EarnedGrade(
        account_id=account.pk,
        course_run_id=run.pk,
        letter=letter,
        is_passing=passing,
        percent=None if percent is None else Decimal(percent),
    )
    record_grades(grades=[earned], by=given.OPERATOR, at=given.NOW)


def test_students_with_an_account_are_listed_with_what_they_earned(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    graded(student("rv-1", program=program, run=run), run, "0.91", letter="A")
    graded(student("rv-2", program=program, run=run), run, "0.12345", passing=False)
    student("rv-3", program=program, run=run)
    given.enrolled("waiting", "elsewhere", program=program)
    given.on_course("waiting", program=program, run=run)

    answer = registrar.get(grades(program, run))

    assert answer.status_code == 200
    assert answer.json() == {
        "next": None,
        "previous": None,
        "results": [
            {"student_key": "rv-1", "passed": True, "percent": 0.91, "letter_grade": "A"},
            {"student_key": "rv-2", "passed": False, "percent": 0.123, "letter_grade": None},
            {"student_key": "rv-3", "passed": False, "percent": 0.0, "letter_grade": None},
        ],
    }


def test_nobody_to_list_is_an_empty_page_and_no_failure(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    answer = registrar.get(grades(program, run))
    assert answer.status_code == 200
    assert answer.json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize(("percents", "status"), [(["0.5", None], 207), ([None, None], 422)])
def test_a_grade_without_a_percent_is_an_error_of_its_row(
    percents: list[str | None],
    status: int,
    program: ProgramOutline,
    run: CourseRun,
    registrar: APIClient,
) -> None:
    for number, percent in enumerate(percents):
        graded(student(f"rv-{number}", program=program, run=run), run, percent, letter="Pass")

    answer = registrar.get(grades(program, run))

    assert answer.status_code == status
    assert answer.json()["results"][-1] == {
        "student_key": "rv-1",
        "error": "The grade has no percent.",
    }


@pytest.mark.parametrize(
    ("percent", "sent"), [("0.9512", 0.951), ("0.9996", 1.0), ("1", 1.0), ("0", 0.0)]
)
def test_a_percent_has_at_most_three_decimals(
    percent: str, sent: float, program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    graded(student("rv-1", program=program, run=run), run, percent)
    answer = registrar.get(grades(program, run))
    assert answer.json()["results"][0]["percent"] == sent
    assert f'"percent":{sent}'.encode() in answer.content


def test_neither_status_matters(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    graded(student("rv-1", program=program, run=run), run, "0.5")
    given.on_course("rv-1", program=program, run=run, status="inactive")
    given.enrolled("rv-1", program=program, status="canceled")
    assert len(registrar.get(grades(program, run)).json()["results"]) == 1


def test_students_of_another_program_in_the_run_are_not_listed(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    other = given.program("glaciers", runs=[run])
    graded(student("rv-1", program=other, run=run), run, "0.5")
    assert registrar.get(grades(program, run)).json()["results"] == []


def test_pages_are_followed_each_with_a_status_of_its_own(
    program: ProgramOutline, run: CourseRun, registrar: APIClient
) -> None:
    for key, percent in (("rv-1", "0.1"), ("rv-2", "0.2"), ("rv-3", None)):
        graded(student(key, program=program, run=run), run, percent)

    first = registrar.get(f"{grades(program, run)}?page_size=2")
    second = registrar.get(first.json()["next"])
    back = registrar.get(second.json()["previous"])

    assert (first.status_code, second.status_code, back.status_code) == (200, 422, 200)
    assert back.json()["results"] == first.json()["results"]
    assert back.json()["previous"] is None


@pytest.mark.parametrize("count", [1, 12])
def test_a_page_takes_the_same_queries_however_many_grades_it_has(
    count: int,
    program: ProgramOutline,
    run: CourseRun,
    registrar: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        graded(student(f"rv-{number}", program=program, run=run), run, "0.5")
    page: dict[str, Any]
    with django_assert_num_queries(4):
        page = registrar.get(grades(program, run)).json()
    assert len(page["results"]) == count
