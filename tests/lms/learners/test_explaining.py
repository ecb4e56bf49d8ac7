"""Explaining a seat, in a sentence and in data."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline, get_program
from matricula.lms.course_enrollments.api import Hindrance
from matricula.lms.identities.api import Outcome, account_itself, unbind_identity
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import (
    ExplainedGrant,
    SeatExplanation,
    explain_seat,
    get_learner,
    get_named_learner,
)
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"


def explain(by: Actor = given.OPERATOR, *, run: str = HYD) -> SeatExplanation:
    learner = get_learner(username="mira", by=given.OPERATOR)
    return explain_seat(learner=learner, course_run=run, by=by)


def explain_key(by: Actor = given.OPERATOR, *, key: str = "rv-1") -> SeatExplanation:
    learner = get_named_learner(name=given.key_of(key), by=given.OPERATOR)
    return explain_seat(learner=learner, course_run=HYD, by=by)


@pytest.fixture
def program() -> ProgramOutline:
    return given.program(runs=[given.course_run()])


@pytest.fixture
def mira(program: ProgramOutline) -> Account:
    """Mira is rv-1 at RiverU, on the course of hydrology."""
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=given.course_run())
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


@pytest.mark.usefixtures("mira")
def test_who_is_in_is_told_what_gives_it() -> None:
    assert explain() == SeatExplanation(
        course_run=HYD,
        is_active=True,
        mode="masters",
        hindrance=None,
        grants=(
            ExplainedGrant(
                program="hydrology",
                program_status="enrolled",
                is_active=True,
                mode="masters",
                hindrances=(),
            ),
        ),
        open_conflicts=0,
    )
    assert explain().sentence == (
        f"The learner is in {HYD} in mode masters: "
        "program hydrology gives it in mode masters (status enrolled)."
    )
    assert (explain().grants[0].effective, explain().grants[0].reason) == (True, "")
    assert explain_key() == explain()


def test_a_direct_grant_is_told_beside_it(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="audit")
    assert explain().sentence.endswith("; a direct enrollment gives it in mode audit.")


def test_who_is_out_is_told_why_for_each_grant(mira: Account) -> None:
    given.enrolled("rv-1", program=get_program(key="hydrology"), status="suspended")
    run = given.course_run()
    given.granted(account_itself(mira.uuid), run=run, grant_mode="audit", is_active=False)
    found = explain()
    assert (found.is_active, found.mode) == (False, None)
    assert found.sentence == (
        f"Not in {HYD}: the program enrollment is suspended (program hydrology); "
        "the course enrollment is inactive (directly)."
    )
    given.enrolled("rv-1", program=get_program(key="hydrology"), status="ended")
    assert "inactive" not in explain().sentence


def test_who_waits_is_told_so(mira: Account) -> None:
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=given.NOW, reason="no")
    found = explain_key()
    assert found.sentence == f"Not in {HYD}: waiting: no account has proven this name yet."
    assert [grant.effective for grant in found.grants] == [False]
    assert found.hindrance is Hindrance.WAITING
    assert explain().sentence.endswith("nobody has enrolled the learner in this course run.")


def test_who_was_never_enrolled_is_told_so(mira: Account) -> None:
    found = explain(run="course-v1:RiverU+GEO1+2031_T1")
    assert (found.is_active, found.mode, found.grants) == (False, None, ())
    assert found.sentence == (
        "Not in course-v1:RiverU+GEO1+2031_T1: nobody has enrolled the learner in this course run."
    )


def test_who_may_resolve_conflicts_is_told_how_many_there_are(mira: Account) -> None:
    noah = given.account("noah")
    assert given.bound("rv-1", noah).outcome is Outcome.REFUSED
    learner = get_learner(username="noah", by=given.OPERATOR)
    for by, expected in (
        (given.OPERATOR, 1),
        (given.holder_of("support"), 1),
        (given.holder_of("support", school_key="LakeU", username="lake"), 0),
        (given.holder_of("read", username="reader"), None),
        (given.acting(noah), None),
    ):
        assert explain_seat(learner=learner, course_run=HYD, by=by).open_conflicts == expected
    assert explain().open_conflicts == 1


def test_it_says_as_much_as_the_picture_shows(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="audit")
    assert len(explain(given.holder_of("read")).grants) == 1
    assert explain(given.holder_of("read", school_key="LakeU", username="lake")).grants == ()
    assert explain(given.acting(mira)).grants == explain().grants


def test_nobodys_name_is_in_a_sentence(mira: Account) -> None:
    for found in (explain(), explain_key(), explain(run="x")):
        assert "mira" not in found.sentence
        assert "rv-1" not in found.sentence


@pytest.mark.usefixtures("mira")
def test_it_takes_three_statements() -> None:
    learner = get_learner(username="mira", by=given.OPERATOR)
    ask = lambda: explain_seat(learner=learner, course_run=HYD, by=given.OPERATOR)  # noqa: E731
    assert count_statements(ask) == 3
