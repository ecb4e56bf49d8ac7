from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, Progress, get_program
from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.learners.api import ProgramOutOfSight, StudiedRun, list_studied_runs
from tests import given

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def run() -> CourseRun:
    return given.course_run("HYD1")


@pytest.fixture
def mira(run: CourseRun) -> Account:
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    account = given.account("mira")
    given.bound("rv-1", account)
    return account


def studied(account: Account, *, at: datetime = given.NOW) -> list[StudiedRun]:
    program = get_program(key="hydrology")
    return list_studied_runs(program=program, by=given.acting(account), at=at)


def passed(account: Account, run: CourseRun, *, is_passing: bool = True) -> None:
    earned = EarnedGrade(
        account.pk, run.pk, letter="", is_passing=is_passing, percent=Decimal("0.5")
    )
    record_grades(grades=[earned], by=given.OPERATOR, at=given.NOW)


def test_a_learner_studies_the_runs_they_have_a_seat_in(run: CourseRun, mira: Account) -> None:
    (found,) = studied(mira)
    assert found.run.key == run.key
    assert found.organization == "RiverU University"
    assert found.progress is Progress.IN_PROGRESS


@pytest.mark.parametrize(
    ("pacing", "is_passing", "days", "progress"),
    [
        ("self_paced", True, 30, Progress.COMPLETED),
        ("self_paced", True, 29, Progress.IN_PROGRESS),
        ("self_paced", False, 31, Progress.IN_PROGRESS),
        ("instructor_paced", True, 31, Progress.IN_PROGRESS),
        ("", True, 31, Progress.IN_PROGRESS),
    ],
)
def test_who_has_passed_at_their_own_pace_is_done_a_month_later(  # noqa: PLR0917
    pacing: str,
    is_passing: bool,  # noqa: FBT001
    days: int,
    progress: Progress,
    run: CourseRun,
    mira: Account,
) -> None:
    CourseRun.objects.update(pacing=pacing)
    passed(mira, run, is_passing=is_passing)
    (found,) = studied(mira, at=given.NOW + days * DAY)
    assert found.progress is progress


def test_two_ways_into_one_run_are_one_course(run: CourseRun, mira: Account) -> None:
    other = given.program("glaciers", runs=[run])
    given.enrolled("rv-1", program=other)
    given.on_course("rv-1", program=other, run=run)
    assert len(studied(mira)) == 1


def test_a_grant_of_a_suspended_program_gives_no_seat(run: CourseRun, mira: Account) -> None:
    other = given.program("glaciers", runs=[run])
    given.enrolled("rv-2", program=other, status="suspended")
    given.on_course("rv-2", program=other, run=run)
    given.bound("rv-2", mira)
    given.on_course("rv-1", program=get_program(key="hydrology"), run=run, status="inactive")
    assert studied(mira) == []


def test_who_may_not_see_the_program_is_refused(mira: Account) -> None:
    with pytest.raises(ProgramOutOfSight):
        studied(given.account("stranger"))
