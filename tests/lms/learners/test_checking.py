"""Checking a seat."""

from dataclasses import replace

import pytest

from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import get_program
from matricula.lms.identities.api import account_itself
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import find_visible_seat_mode
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"


def seat(by: Actor = given.OPERATOR, *, username: str = "mira", run: str = HYD) -> str | None:
    return find_visible_seat_mode(username=username, course_run=run, by=by)


@pytest.fixture
def mira() -> Account:
    """Mira is rv-1 at RiverU, on a course of hydrology."""
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


@pytest.mark.usefixtures("mira")
def test_who_is_in_has_a_mode_and_who_is_not_has_none() -> None:
    given.account("noah")
    assert seat(username=" MIRA ") == "masters"
    assert seat(username="noah") is None
    assert seat(run=given.course_run("GEO1").key) is None
    assert seat(run="no such run") is None


def test_only_effective_grants_count_and_the_highest_of_them(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="audit")
    assert seat() == "masters"
    given.enrolled("rv-1", program=get_program(key="hydrology"), status="suspended")
    assert seat() == "audit"
    given.granted(
        account_itself(mira.uuid), run=given.course_run(), grant_mode="audit", is_active=False
    )
    assert seat() is None


def test_everybody_may_ask_about_themselves_alone(mira: Account) -> None:
    assert seat(given.acting(mira)) == "masters"
    with pytest.raises(UnknownAccount):
        seat(given.acting(given.account("noah")))


def test_a_reader_may_ask_about_the_schools_students(mira: Account) -> None:
    assert seat(given.holder_of("read")) == "masters"
    everywhere = given.holder_of("support", school_key=None, username="all")
    assert seat(everywhere) == "masters"
    for role, school_key in (("read", "LakeU"), ("catalog", None)):
        with pytest.raises(UnknownAccount):
            seat(given.holder_of(role, school_key=school_key, username=role))
    with pytest.raises(UnknownAccount):
        seat(given.MAIL)


def test_a_school_does_not_learn_of_what_others_give(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run("GEO1"), grant_mode="verified")
    geo = given.course_run("GEO1").key
    assert seat(run=geo) == "verified"
    assert seat(given.holder_of("read"), run=geo) is None


def test_a_reader_who_is_inactive_may_no_longer_ask(mira: Account) -> None:
    by = given.holder_of("read")
    Account.objects.filter(username="registrar").update(is_active=False)
    with pytest.raises(UnknownAccount):
        seat(by)


def test_nobody_is_refused() -> None:
    with pytest.raises(UnknownAccount):
        seat(username="nobody")


def test_the_answer_takes_one_statement_more_than_the_permission(mira: Account) -> None:
    reader = given.holder_of("read")
    river = given.school().pk
    for by, expected in (
        (given.OPERATOR, 1),
        (reader, 2),
        (given.acting(mira), 2),
        (replace(reader, roles=(("read", river),)), 1),
    ):
        assert count_statements(lambda: seat(by)) == expected  # noqa: B023  called at once
