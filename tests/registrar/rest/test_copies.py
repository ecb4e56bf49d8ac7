"""The copies of a program, over HTTP: told as what they are."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms_client.api import EnrollmentKind, FakeLms, LmsUnreachable, ProgramRow
from matricula.registrar.copies.api import refresh_copy
from tests.registrar import given
from tests.registrar.calling import calling_with

pytestmark = pytest.mark.django_db

COPY = "/api/v3/programs/hydrology/copy/"
PROGRAM = EnrollmentKind.PROGRAM_ENROLLMENTS


def enroll(lms: FakeLms, *keys: str, status: str = "enrolled") -> None:
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key=key, status=status) for key in keys])


def copied(*, age: timedelta = timedelta()) -> None:
    at = datetime.now(UTC) - age
    refresh_copy(program=given.program(), kind=PROGRAM, by=given.OPERATOR, at=at)


@pytest.mark.parametrize("path", [COPY, COPY.removesuffix("/")])
def test_a_copy_says_what_it_is_how_old_and_whether_it_is_current(lms: FakeLms, path: str) -> None:
    caller = calling_with("read_enrollments")
    enroll(lms, "rv-1", "rv-2")
    enroll(lms, "rv-3", status="ended")
    copied(age=timedelta(seconds=90))
    told = caller.get(path).json()
    assert told["program_key"] == given.HYDROLOGY
    (copy,) = told["copies"]
    assert 85 < copy.pop("age_seconds") < 120
    assert copy.pop("proven_at")
    assert copy == {
        "source": "copy",
        "kind": "program_enrollments",
        "rows": 3,
        "counts": {"ended": 1, "enrolled": 2},
        "digest": lms.get_digest(given.HYDROLOGY, PROGRAM).digest,
        "is_current": True,
    }
    enroll(lms, "rv-4")
    assert caller.get(path).json()["copies"][0]["is_current"] is False


def test_it_says_nobodys_key(lms: FakeLms) -> None:
    caller = calling_with("read_enrollments")
    enroll(lms, "rv-1")
    copied()
    assert b"rv-1" not in caller.get(COPY).content


def test_while_the_lms_is_away_nobody_knows_if_it_is_current(
    lms: FakeLms, settings: Settings
) -> None:
    caller = calling_with("read_enrollments")
    copied()

    def away() -> FakeLms:
        raise LmsUnreachable("The LMS cannot be reached.")

    settings.REACH_LMS = away
    (copy,) = caller.get(COPY).json()["copies"]
    assert copy["is_current"] is None


def test_without_a_copy_there_is_none_and_the_lms_is_not_asked() -> None:
    assert calling_with("read_enrollments").get(COPY).json()["copies"] == []


def test_who_may_not_read_enrollments_is_refused() -> None:
    assert calling_with("read_metadata").get(COPY).status_code == 403
    assert calling_with("read_enrollments", school=given.HILL).get(COPY).status_code == 403
    unknown = calling_with("administrator", school=None).get("/api/v3/programs/nothing/copy")
    assert unknown.status_code == 404


@pytest.mark.parametrize("rows", [1, 50])
def test_queries_do_not_grow_with_rows(
    lms: FakeLms, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    caller = calling_with("read_enrollments")
    enroll(lms, *(f"rv-{number}" for number in range(rows)))
    copied()
    caller.get(COPY)  # makes the account
    with django_assert_num_queries(7):
        caller.get(COPY)
