"""The seats of an account with their grants, for who may see them."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.course_enrollments.api import (
    HeldSeat,
    find_held_seat,
    find_seat_mode,
    list_held_seats,
)
from matricula.lms.identities.api import account_itself, email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import STATUSES
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira() -> Account:
    return given.account("mira")


def held(who: Account, by: Actor = given.OPERATOR) -> list[HeldSeat]:
    return list_held_seats(account_id=who.pk, by=by)


def test_a_seat_adds_up_the_grants_of_all_identities(mira: Account) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run, at=given.NOW + timedelta(hours=1))
    given.bound("rv-1", mira)
    given.granted(account_itself(mira.uuid), run=run)
    [seat] = held(mira)
    assert (seat.username, seat.course_run, seat.course_run_id) == ("mira", run.key, run.pk)
    assert (seat.mode, seat.is_active, seat.created_at) == ("masters", True, given.NOW)
    assert [(each.kind, each.mode) for each in seat.grants] == [
        ("account", "audit"),
        ("student_key", "masters"),
    ]
    through = seat.grants[1].program
    assert through is not None
    assert (through.uuid, through.key, through.title, through.status) == (
        program.uuid,
        "hydrology",
        "Hydrology",
        "enrolled",
    )


@pytest.mark.parametrize("status", STATUSES)
def test_it_is_active_when_the_seat_check_says_so(mira: Account, status: str) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program, status=status)
    given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", mira)
    [seat] = held(mira)
    found = find_seat_mode(account_id=mira.pk, course_run_id=run.pk)
    assert (seat.mode if seat.is_active else None) == found
    assert seat.mode == "masters"


def test_the_oldest_comes_first(mira: Account) -> None:
    for day, number in enumerate(("C", "A", "B")):
        at = given.NOW + timedelta(days=day)
        given.granted(account_itself(mira.uuid), run=given.course_run(number), at=at)
    assert [seat.course_run.split("+")[1] for seat in held(mira)] == ["C", "A", "B"]


def test_what_waits_is_nobodys(mira: Account) -> None:
    given.granted(email_address("mira@example.org"), run=given.course_run())
    assert held(mira) == []


def test_learners_see_their_own_and_staff_of_a_run_that_run(mira: Account) -> None:
    one, two = given.course_run(), given.course_run("HYD2")
    given.granted(account_itself(mira.uuid), run=one)
    given.granted(account_itself(mira.uuid), run=two)
    assert len(held(mira, by=given.acting(mira))) == 2
    assert len(held(mira, by=given.holder_of("read", school_key=None, username="r"))) == 2
    assert held(mira, by=given.holder_of("read", username="school")) == []
    teacher = given.account("teacher")
    assert held(mira, by=given.acting(teacher)) == []
    program = given.program(runs=[two])
    given.enrolled("rv-9", program=program)
    given.on_course("rv-9", program=program, run=two, course_staff="true")
    given.bound("rv-9", teacher)
    assert [seat.course_run for seat in held(mira, by=given.acting(teacher))] == [two.key]


@pytest.mark.parametrize("status", ["enrolled", "suspended"])
def test_staff_of_a_run_see_the_seat_and_not_the_programs(mira: Account, status: str) -> None:
    shared = given.course_run()
    theirs = given.program("limnology", school_key="LakeU", runs=[shared])
    ours = given.program(runs=[shared])
    given.enrolled("rv-1", program=ours, status=status)
    given.on_course("rv-1", program=ours, run=shared)
    given.bound("rv-1", mira)
    teacher = given.account("teacher")
    given.enrolled("prof", program=theirs)
    given.on_course("prof", program=theirs, run=shared, course_staff="true")
    given.bound("prof", teacher, school_key="LakeU")

    [whole], [seen] = held(mira), held(mira, by=given.acting(teacher))
    assert [grant.program and grant.program.status for grant in whole.grants] == [status]
    assert [grant.program for grant in seen.grants] == [None]
    assert (seen.mode, seen.is_active) == (whole.mode, whole.is_active)
    assert seen.is_active is (status == "enrolled")


def test_one_seat_is_for_its_learner_and_for_who_reads_everywhere(mira: Account) -> None:
    run = given.course_run()
    own, other = given.acting(mira), given.acting(given.account("noah"))
    assert find_held_seat(account_id=mira.pk, course_run_id=run.pk, by=own) is None
    given.granted(account_itself(mira.uuid), run=run)
    for by in (own, given.OPERATOR):
        seat = find_held_seat(account_id=mira.pk, course_run_id=run.pk, by=by)
        assert seat is not None
        assert seat.mode == "audit"
    for by in (other, given.holder_of("read")):
        with pytest.raises(PermissionMissing):
            find_held_seat(account_id=mira.pk, course_run_id=run.pk, by=by)


def test_any_number_takes_one_query_of_ones_own(mira: Account) -> None:
    for number in range(30):
        given.granted(account_itself(mira.uuid), run=given.course_run(f"C{number}"))
    assert count_statements(lambda: held(mira, by=given.acting(mira))) == 1
