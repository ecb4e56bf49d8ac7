"""A connection cut in the middle of a write leaves nothing of it, and the next one writes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import Model  # noqa: TC002  beside what it is for

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.course_enrollments.api import CourseEnrollment, CourseRole
from matricula.lms.identities.api import BindingConflict, Identity, account_itself
from matricula.lms.kernel.api import Action
from matricula.lms.ledger.api import Change, ChangeSet
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.races.running import Running, kill, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

MANY = [f"rv-{number:04}" for number in range(700)]
"""More than travel as arrays, so that a temporary table is made."""


@pytest.fixture
def run() -> CourseRun:
    return given.course_run()


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    return given.program(runs=[run])


def stored() -> list[list[dict[str, Any]]]:
    models: Sequence[type[Model]] = (
        *(Identity, ProgramEnrollment, CourseEnrollment, CourseRole),
        *(BindingConflict, Change, ChangeSet, Account),
    )
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def cut_off(running: Running[Any]) -> None:
    kill(running)
    running.join()
    assert isinstance(running.error, OperationalError)


@pytest.mark.parametrize(
    "place",
    [
        {"after": "set_config('matricula.change_set'"},
        {"after": "pg_advisory_xact_lock"},
        {"before": "ANALYZE"},
        {"after": "INSERT INTO identity"},
        {"after": "WITH judged"},
        {"before_commit": True},
    ],
    ids=lambda place: " ".join(map(str, next(iter(place.items())))),
)
def test_a_roster_that_is_cut_leaves_nothing_and_is_written_the_next_time(
    place: dict[str, Any], program: ProgramOutline
) -> None:
    given.enrolled(*MANY[:300], program=program, status="pending")
    before = stored()
    cut_off(Running(partial(given.enrolled, *MANY, program=program), **place))
    assert stored() == before
    answers = given.enrolled(*MANY, program=program)
    assert [answer.action for answer in answers] == [Action.UPDATE] * 300 + [Action.CREATE] * 400
    assert ProgramEnrollment.objects.filter(status="enrolled").count() == 700
    require_whole()


def test_a_roster_that_is_cut_while_its_statement_runs_leaves_nothing(
    program: ProgramOutline,
) -> None:
    mira = given.account()
    signing_on = Running(partial(given.bound, MANY[-1], mira), before_commit=True)
    before = stored()
    writing = Running(partial(given.enrolled, *MANY, program=program))
    writing.must_wait()
    cut_off(writing)
    assert stored() == before
    signing_on.result()
    assert {answer.action for answer in given.enrolled(*MANY, program=program)} == {Action.CREATE}
    require_whole()


def on_course(program: ProgramOutline, run: CourseRun) -> object:
    return given.on_course("rv-1", "rv-2", program=program, run=run, course_staff="true")


def grant_directly(program: ProgramOutline, run: CourseRun) -> object:
    ida = Account.objects.get(username="ida")
    return given.direct(given.key_of("rv-9"), account_itself(ida.uuid), run=run)


def withdraw(program: ProgramOutline, run: CourseRun) -> object:
    which = Waiting(program_id=program.id)
    return withdraw_waiting(which=which, by=given.OPERATOR, at=given.NOW, reason="left")


def sign_on(program: ProgramOutline, run: CourseRun) -> object:
    return given.bound("rv-1", Account.objects.get(username="ida"))


def claim_in_vain(program: ProgramOutline, run: CourseRun) -> object:
    return given.bound("rv-3", Account.objects.get(username="ida"))


def retire(program: ProgramOutline, run: CourseRun) -> object:
    return given.retired(Account.objects.get(username="mira"))


@pytest.mark.parametrize(
    ("act", "statement"),
    [
        (on_course, "WITH judged"),
        (grant_directly, "WITH judged"),
        (withdraw, "DELETE FROM course_role"),
        (sign_on, "INSERT INTO identity"),
        (claim_in_vain, "INSERT INTO binding_conflict"),
        (retire, "UPDATE change SET"),
    ],
)
def test_an_act_that_is_cut_leaves_nothing_and_succeeds_the_next_time(
    act: Callable[[ProgramOutline, CourseRun], object],
    statement: str,
    program: ProgramOutline,
    run: CourseRun,
) -> None:
    mira, _ = given.account("mira"), given.account("ida")
    given.enrolled("rv-1", "rv-2", "rv-3", program=program)
    given.on_course("rv-3", program=program, run=run, course_staff="true")
    given.bound("rv-3", mira)
    before = stored()
    cut_off(Running(partial(act, program, run), after=statement))
    assert stored() == before
    cut_off(Running(partial(act, program, run), before_commit=True))
    assert stored() == before
    act(program, run)
    assert stored() != before
    require_whole()
