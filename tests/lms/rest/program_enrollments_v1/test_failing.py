"""What goes wrong on our side, and what a call costs."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.clients.api import create_client
from matricula.lms.identities.api import Identity
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.rest.program_enrollments_v1.asking import (
    course_enrollments,
    course_row,
    enrollments,
    program_row,
)

pytestmark = pytest.mark.django_db

BREAK = """
CREATE FUNCTION break_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the inside of things'; END $$;
CREATE TRIGGER break_one BEFORE INSERT ON program_enrollment
FOR EACH ROW WHEN (NEW.status = 'ended') EXECUTE FUNCTION break_one();
"""


@pytest.fixture
def run() -> CourseRun:
    return given.course_run("HYD1")


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    return given.program(runs=[run])


@pytest.fixture
def trusted() -> APIClient:
    """A client of the platform itself, which a Registrar is."""
    create_client(
        name="Registrar",
        roles=["write"],
        organization_id=given.school().pk,
        is_trusted=True,
        by=given.OPERATOR,
        at=given.NOW,
    )
    return calling_as(Account.objects.get(username="client-registrar"))


def test_what_nobody_expected_is_told_without_the_inside_of_things(
    program: ProgramOutline, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BREAK)
    rows = [program_row("rv-1", program=program), program_row("rv-2", "ended", program=program)]
    caller = calling_with("write")

    answer = caller.post(enrollments(program), rows, headers={"X-Request-ID": "r-42"})

    assert answer.status_code == 500
    assert list(answer.json()) == ["developer_message"]
    assert "inside of things" not in answer.content.decode()
    assert answer["X-Request-ID"] == "r-42"
    (record,) = (each for each in caplog.records if "malfunction" in each.getMessage())
    assert "rv-" not in record.getMessage()
    assert not ProgramEnrollment.objects.exists()
    assert not Identity.objects.filter(kind="student_key").exists()


@pytest.mark.parametrize("count", [1, 25])
def test_a_write_takes_the_same_statements_for_one_row_and_for_twenty_five(
    count: int,
    program: ProgramOutline,
    run: CourseRun,
    trusted: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Who calls and where they may, the program; then the write, which one statement less begins
    where only the program's own enrollments are written.

    One of the write's is there because the test has a transaction of its own around it.
    """
    rows = [program_row(f"rv-{number}", program=program) for number in range(count)]
    with django_assert_num_queries(2 + 6):
        assert trusted.post(enrollments(program), rows).status_code == 200
    courses = [course_row(f"rv-{number}") for number in range(count)]
    with django_assert_num_queries(2 + 7):
        assert trusted.put(course_enrollments(program, run), courses).status_code == 200


def test_a_call_that_can_write_nothing_opens_no_transaction(
    program: ProgramOutline,
    trusted: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(2):
        answer = trusted.put(enrollments(program), [program_row("rv-1", "?", program=program)])
    assert answer.status_code == 422
