"""The rule of edX's callers: no person is active in a run through two programs."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.course_enrollments.api import CourseEnrollment
from matricula.lms.identities.api import account_itself, unbind_identity
from matricula.lms.kernel.api import Judgement, WriteMode
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> CourseRun:
    return given.course_run()


@pytest.fixture
def hydrology(run: CourseRun) -> ProgramOutline:
    """A program of RiverU in whose run rv-1 is active."""
    made = given.program("hydrology", runs=[run])
    given.enrolled("rv-1", program=made)
    given.on_course("rv-1", program=made, run=run)
    return made


@pytest.fixture
def botany(run: CourseRun, hydrology: ProgramOutline) -> ProgramOutline:
    """Another program of RiverU with the run and the student."""
    made = given.program("botany", runs=[run])
    given.enrolled("rv-1", program=made)
    return made


@pytest.fixture
def lakes(run: CourseRun) -> ProgramOutline:
    """A program of LakeU with the run and a student called rv-1, and one called lk-1."""
    made = given.program("lakes", runs=[run], school_key="LakeU")
    given.enrolled("rv-1", "lk-1", program=made)
    return made


def ask(
    key: str,
    program: ProgramOutline,
    run: CourseRun,
    *,
    status: str = "active",
    mode: WriteMode = WriteMode.UPSERT,
    one_program_per_run: bool = True,
) -> Judgement:
    return given.on_course(
        key,
        program=program,
        run=run,
        status=status,
        mode=mode,
        one_program_per_run=one_program_per_run,
    )[0]


@pytest.fixture
def mira() -> Account:
    return given.account()


@pytest.mark.parametrize("mode", list(WriteMode))
def test_who_is_active_through_another_program_is_a_conflict(
    botany: ProgramOutline, run: CourseRun, mode: WriteMode
) -> None:
    judged = ask("RV-1", botany, run, mode=mode)
    assert judged.verdict == "conflict"
    assert judged.reason == "the student is active in this course run through another program"
    assert CourseEnrollment.objects.count() == 1


@pytest.mark.parametrize("mode", list(WriteMode))
def test_other_callers_may_hold_several_grants(
    botany: ProgramOutline, run: CourseRun, mode: WriteMode
) -> None:
    judged = ask("rv-1", botany, run, mode=mode, one_program_per_run=False)
    assert judged.verdict == ("not-found" if mode is WriteMode.UPDATE else "active")


def test_it_comes_before_not_being_in_the_program(
    hydrology: ProgramOutline, run: CourseRun
) -> None:
    empty = given.program("empty", runs=[run])
    assert ask("rv-1", empty, run).verdict == "conflict"
    assert ask("rv-1", empty, run, status="inactive").verdict == "not-in-program"
    assert ask("rv-1", empty, run, one_program_per_run=False).verdict == "not-in-program"


def test_an_invalid_status_is_said_first(botany: ProgramOutline, run: CourseRun) -> None:
    assert ask("rv-1", botany, run, status="nonsense").verdict == "invalid-status"


def test_asking_for_inactive_is_none(botany: ProgramOutline, run: CourseRun) -> None:
    assert ask("rv-1", botany, run, status="inactive").verdict == "inactive"


def test_an_inactive_grant_of_another_program_is_none(
    hydrology: ProgramOutline, botany: ProgramOutline, run: CourseRun
) -> None:
    given.on_course("rv-1", program=hydrology, run=run, status="inactive")
    assert ask("rv-1", botany, run).verdict == "active"


@pytest.mark.parametrize("status", ["canceled", "suspended", "ended"])
def test_the_status_of_the_other_program_does_not_matter(
    hydrology: ProgramOutline, botany: ProgramOutline, run: CourseRun, status: str
) -> None:
    given.enrolled("rv-1", program=hydrology, status=status)
    assert ask("rv-1", botany, run).verdict == "conflict"


def test_the_same_program_is_none(hydrology: ProgramOutline, run: CourseRun) -> None:
    assert ask("rv-1", hydrology, run).verdict == "active"


def test_another_run_is_none(botany: ProgramOutline) -> None:
    other = given.course_run("BOT1")
    program = given.program("third", runs=[other])
    given.enrolled("rv-1", program=program)
    assert ask("rv-1", program, other).verdict == "active"


def test_a_direct_grant_is_none(lakes: ProgramOutline, run: CourseRun, mira: Account) -> None:
    given.bound("lk-1", mira, school_key="LakeU")
    given.granted(account_itself(mira.uuid), run=run)
    given.granted(given.key_of("lk-1", school_key="LakeU"), run=run)
    assert ask("lk-1", lakes, run).verdict == "active"


def test_two_schools_that_use_one_key_speak_of_two_persons(
    hydrology: ProgramOutline, lakes: ProgramOutline, run: CourseRun
) -> None:
    assert ask("rv-1", lakes, run).verdict == "active"


def test_two_accounts_under_one_key_of_two_schools_are_two_persons(
    hydrology: ProgramOutline, lakes: ProgramOutline, run: CourseRun, mira: Account
) -> None:
    given.bound("rv-1", mira)
    given.bound("rv-1", given.account("noah"), school_key="LakeU")
    assert ask("rv-1", lakes, run).verdict == "active"


def test_one_account_under_two_keys_is_one_person(
    hydrology: ProgramOutline, lakes: ProgramOutline, run: CourseRun, mira: Account
) -> None:
    given.bound("rv-1", mira)
    assert ask("lk-1", lakes, run, mode=WriteMode.UPDATE).verdict == "not-found"
    given.bound("lk-1", mira, school_key="LakeU")
    assert ask("lk-1", lakes, run).verdict == "conflict"


def test_one_account_under_two_keys_of_one_school_is_too(
    hydrology: ProgramOutline, botany: ProgramOutline, run: CourseRun, mira: Account
) -> None:
    given.enrolled("rv-2", program=botany)
    given.bound("rv-1", mira)
    given.bound("rv-2", mira)
    assert ask("rv-2", botany, run).verdict == "conflict"


def test_who_is_unbound_again_is_two_persons_again(
    hydrology: ProgramOutline, lakes: ProgramOutline, run: CourseRun, mira: Account
) -> None:
    given.bound("rv-1", mira)
    given.bound("lk-1", mira, school_key="LakeU")
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=given.NOW, reason="not hers")
    assert ask("lk-1", lakes, run).verdict == "active"


def test_who_holds_both_already_is_told_of_the_conflict(
    hydrology: ProgramOutline, botany: ProgramOutline, run: CourseRun
) -> None:
    ask("rv-1", botany, run, one_program_per_run=False)
    assert ask("rv-1", hydrology, run).verdict == "conflict"
    assert ask("rv-1", hydrology, run, status="inactive").verdict == "inactive"
    assert ask("rv-1", botany, run).verdict == "active"
