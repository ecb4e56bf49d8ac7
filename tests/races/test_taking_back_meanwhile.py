"""Taking back what waits while its person signs on, or the school writes."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.course_enrollments.api import CourseEnrollment, CourseRole
from matricula.lms.identities.api import Outcome
from matricula.lms.preemptive_enrollments.api import (
    TakenBack,
    Waiting,
    expire_waiting,
    withdraw_waiting,
)
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.races.running import Running, at_once, holders_of, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

LATER = given.NOW + timedelta(days=400)


def withdrawn(*keys: str) -> TakenBack:
    which = Waiting(names=tuple(given.key_of(key) for key in keys))
    return withdraw_waiting(which=which, by=given.OPERATOR, at=LATER, reason="left")


def expired(*keys: str) -> TakenBack:
    which = Waiting(names=tuple(given.key_of(key) for key in keys))
    return expire_waiting(which=which, days=365, by=given.OPERATOR, at=LATER)


@pytest.fixture
def run() -> CourseRun:
    return given.course_run()


@pytest.fixture
def programs(run: CourseRun) -> list[ProgramOutline]:
    return [given.program(key, runs=[run]) for key in ("hydrology", "geology")]


def everything_for(key: str, programs: list[ProgramOutline], run: CourseRun) -> None:
    for program in programs:
        given.enrolled(key, program=program)
        given.on_course(key, program=program, run=run, course_staff="true")
    given.direct(given.key_of(key), run=run)


def rows_of(key: str) -> tuple[int, int, int]:
    models = (ProgramEnrollment, CourseEnrollment, CourseRole)
    counts = [each.objects.filter(identity__folded=key).count() for each in models]
    return (counts[0], counts[1], counts[2])


EVERYTHING, NOTHING = (2, 3, 2), (0, 0, 0)


@pytest.mark.parametrize("take_back", [withdrawn, expired])
def test_signing_on_and_taking_back_at_once_is_all_or_nothing(
    take_back: Callable[[str], TakenBack], programs: list[ProgramOutline], run: CourseRun
) -> None:
    mira = given.account()
    with no_deadlocks():
        for number in range(40):
            key = f"rv-{number}"
            everything_for(key, programs, run)
            acts: list[Callable[[], object]] = [
                partial(take_back, key),
                partial(given.bound, key, mira),
            ]
            at_once(*acts)
            assert rows_of(key) in {EVERYTHING, NOTHING}
            assert holders_of([key]) == [mira.pk]
    require_whole()


@pytest.mark.parametrize("take_back", [withdrawn, expired])
def test_who_signs_on_first_keeps_everything(
    take_back: Callable[[str], TakenBack], programs: list[ProgramOutline], run: CourseRun
) -> None:
    mira = given.account()
    everything_for("rv-1", programs, run)
    signing_on = Running(partial(given.bound, "rv-1", mira), before_commit=True)
    taking_back = Running(partial(take_back, "rv-1"))
    taking_back.must_wait()
    signing_on.result()
    assert taking_back.result() == TakenBack(0, 0, 0)
    assert rows_of("rv-1") == EVERYTHING


@pytest.mark.parametrize("take_back", [withdrawn, expired])
def test_who_signs_on_second_waits_and_finds_nothing(
    take_back: Callable[[str], TakenBack], programs: list[ProgramOutline], run: CourseRun
) -> None:
    mira = given.account()
    everything_for("rv-1", programs, run)
    taking_back = Running(partial(take_back, "rv-1"), before_commit=True)
    signing_on = Running(partial(given.bound, "rv-1", mira))
    signing_on.must_wait()
    assert taking_back.result() == TakenBack(*EVERYTHING)
    assert signing_on.result().outcome is Outcome.BOUND
    assert rows_of("rv-1") == NOTHING
    require_whole()


def test_a_course_written_while_its_program_is_withdrawn_comes_before_or_finds_nothing(
    programs: list[ProgramOutline], run: CourseRun
) -> None:
    with no_deadlocks():
        for number in range(40):
            key = f"rv-{number}"
            given.enrolled(key, program=programs[0])
            acts: list[Callable[[], object]] = [
                partial(withdrawn, key),
                partial(given.on_course, key, program=programs[0], run=run),
            ]
            at_once(*acts)
            assert rows_of(key) == NOTHING
    require_whole()


def test_what_is_enrolled_elsewhere_while_somebody_is_withdrawn_stays_whole(
    programs: list[ProgramOutline], run: CourseRun
) -> None:
    given.enrolled("rv-1", program=programs[0])
    taking_back = Running(partial(withdrawn, "rv-1"), before="FOR NO KEY UPDATE")
    given.enrolled("rv-1", program=programs[1])
    writing = Running(
        partial(given.on_course, "rv-1", program=programs[1], run=run), before_commit=True
    )
    taking_back.go()
    assert taking_back.must_end() == TakenBack(1, 0, 0)
    assert [answer.verdict for answer in writing.result()] == ["active"]
    assert rows_of("rv-1") == (1, 1, 0)
    require_whole()


def test_two_withdrawals_at_once_take_everything_back_once(
    programs: list[ProgramOutline], run: CourseRun
) -> None:
    with no_deadlocks():
        for number in range(20):
            keys = [f"rv-{number}-{each}" for each in range(3)]
            for key in keys:
                everything_for(key, programs, run)
            answers = at_once(partial(withdrawn, *keys), partial(withdrawn, *keys[::-1]))
            assert sorted(answer.program_enrollments for answer in answers) == [0, 6]
            assert {rows_of(key) for key in keys} == {NOTHING}
    require_whole()
