"""Recording grades: the last one of an account in a run stays."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from matricula.lms.access.api import ROLES, PermissionMissing
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import UnknownCourseRun
from matricula.lms.grades.api import (
    EarnedGrade,
    Grade,
    InvalidPercent,
    RepeatedGrade,
    count_grades,
    record_grades,
)
from matricula.lms.kernel.api import Actor
from tests import given
from tests.lms.kernel.seeing import count_statements, read_all

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


def earned(
    username: str = "mira", letter: str = "Pass", percent: str | None = None
) -> EarnedGrade:
    found = Account.objects.filter(username=username).first() or given.account(username)
    return EarnedGrade(
        account_id=found.pk,
        course_run_id=given.course_run().pk,
        letter=letter,
        is_passing=letter != "Fail",
        percent=None if percent is None else Decimal(percent),
    )


def record(*grades: EarnedGrade, by: Actor = given.OPERATOR) -> int:
    return record_grades(grades=grades, by=by, at=LATER)


def test_a_grade_is_what_was_earned() -> None:
    assert record(earned(letter="Distinction", percent="0.875")) == 1
    grade = Grade.objects.get()
    assert (grade.letter, grade.is_passing, grade.percent) == (
        "Distinction",
        True,
        Decimal("0.875"),
    )
    assert (grade.account.username, grade.graded_at) == ("mira", LATER)
    assert str(grade) == f"grade {grade.pk}"


def test_a_later_one_takes_its_place() -> None:
    record(earned(letter="Fail"))
    assert record(earned(letter="Pass", percent="0.5")) == 1
    grade = Grade.objects.get()
    assert (grade.letter, grade.is_passing, grade.percent) == ("Pass", True, Decimal("0.5"))


@pytest.mark.parametrize("percent", [None, "0", "1", "0.1234"])
def test_recording_it_again_changes_nothing(percent: str | None) -> None:
    record(earned(percent=percent))
    before = read_all()["grade"]
    assert (
        record_grades(
            grades=[earned(percent=percent)], by=given.OPERATOR, at=LATER + timedelta(days=1)
        )
        == 0
    )
    assert read_all()["grade"] == before


def test_only_new_and_changed_ones_are_counted() -> None:
    record(earned("mira"), earned("noah"))
    assert record(earned("mira"), earned("noah", "Fail"), earned("omar")) == 2


@pytest.mark.parametrize("percent", ["-0.01", "1.01", "1.00001", "NaN", "sNaN", "Infinity"])
def test_a_percent_is_from_zero_to_one(percent: str) -> None:
    refused = replace(earned("noah"), percent=Decimal(percent))
    with pytest.raises(InvalidPercent, match=rf"{percent} .* account {refused.account_id} "):
        record(earned("mira"), refused)
    assert not Grade.objects.exists()


def test_an_account_has_one_grade_in_a_run() -> None:
    mira = earned("mira")
    with pytest.raises(RepeatedGrade, match=rf"account {mira.account_id} in course run"):
        record(mira, earned("noah"), earned("mira", "Fail"))
    assert not Grade.objects.exists()


@pytest.mark.parametrize("count", [1, 600])
def test_an_unknown_account_or_run_is_said_and_nothing_is_written(count: int) -> None:
    record(earned("mira", "Fail"))
    before = read_all()
    given_ones = [replace(earned("mira"), account_id=10**9 + n) for n in range(count)]
    with pytest.raises(UnknownAccount, match=r"^There is no account 1000000000\.$"):
        record(earned("mira"), *given_ones)
    given_ones = [replace(earned("mira"), course_run_id=10**9 + n) for n in range(count)]
    with pytest.raises(UnknownCourseRun, match=r"^There is no course run 1000000000\.$"):
        record(earned("mira"), *given_ones)
    assert read_all() == before


def test_it_takes_one_statement() -> None:
    grades = [earned("mira"), earned("noah")]
    assert count_statements(lambda: record(*grades)) == 1 + 2  # and a savepoint
    assert count_statements(record) == 0


@pytest.mark.parametrize(
    ("role", "school_key"),
    [(role, key) for role in ROLES for key in ("RiverU", None) if (role, key) != ("write", None)],
)
def test_only_who_writes_everywhere_may(role: str, school_key: str | None) -> None:
    by = given.holder_of(role, school_key=school_key)
    for grades in ([], [earned()]):
        with pytest.raises(PermissionMissing):
            record(*grades, by=by)


def test_a_course_runs_grades_are_no_schools_to_write() -> None:
    assert record(earned(), by=given.holder_of("write", school_key=None)) == 1


def test_grades_are_counted_by_letter() -> None:
    record(earned("mira"), earned("noah"), earned("omar", "Fail"))
    ids = [given.course_run().pk]
    assert count_grades(course_run_ids=ids, by=given.OPERATOR) == {"Fail": 1, "Pass": 2}
    assert count_grades(course_run_ids=[], by=given.OPERATOR) == {}
    with pytest.raises(PermissionMissing):
        count_grades(course_run_ids=ids, by=given.holder_of("read"))
