"""What learners effectively have in course runs, out of all grants of theirs."""

from itertools import pairwise, product

import pytest

from matricula.lms.catalog.api import MODE_RANK, MODES, CourseRun, Mode
from matricula.lms.course_enrollments.api import Seat, find_seat_mode, list_seats, say_reason
from matricula.lms.identities.api import account_itself, email_address
from matricula.lms.program_enrollments.api import STATUSES
from tests import given
from tests.lms.kernel.seeing import count_statements, look

pytestmark = pytest.mark.django_db

STUDYING = {"enrolled", "pending", "ended"}


def seats(*values: str) -> list[Seat]:
    found = look("SELECT id FROM identity WHERE value = ANY(%s)", list(values))
    return list_seats(identity_ids=[identity_id for (identity_id,) in found])


def seat_by_two(first: tuple[str, str], second: tuple[str, str], run: CourseRun) -> Seat:
    """rv-1 is in a masters and in a verified program with that status and that grant."""
    for (status, grant), key, mode in zip(
        (first, second), ("masters", "verified"), ("masters", "verified"), strict=True
    ):
        program = given.program(key, runs=[run], mode=mode)
        given.enrolled("rv-1", program=program)
        given.on_course("rv-1", program=program, run=run, status=grant)
        given.enrolled("rv-1", program=program, status=status)
    [seat] = seats("rv-1")
    return seat


def test_an_active_grant_of_an_enrolled_student_is_a_seat() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    [seat] = seats("rv-1")
    assert (seat.course_run, seat.course_run_id) == (run.key, run.pk)
    assert (seat.mode, seat.is_active) == ("masters", True)
    [grant] = seat.grants
    assert (grant.program, grant.program_status, grant.mode) == (
        "hydrology",
        "enrolled",
        "masters",
    )
    assert (grant.effective, grant.hindrances) == (True, ())


@pytest.mark.parametrize(("status", "grant"), list(product(STATUSES, ("active", "inactive"))))
def test_a_grant_is_effective_if_it_and_its_program_enrollment_let_it(
    status: str, grant: str
) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program, status=status)
    given.on_course("rv-1", program=program, run=run, status=grant)
    mira = given.account()
    given.bound("rv-1", mira)
    effective = grant == "active" and status in STUDYING
    [seat] = seats("rv-1")
    assert seat.is_active is effective
    assert seat.grants[0].effective is effective
    reasons = ["the course enrollment is inactive"] * (grant == "inactive")
    reasons += [f"the program enrollment is {status}"] * (status not in STUDYING)
    assert say_reason(seat.grants[0].hindrances) == "; ".join(reasons)
    found = find_seat_mode(account_id=mira.pk, course_run_id=run.pk)
    assert found == ("masters" if effective else None)


COMBINATIONS = list(product(("enrolled", "canceled"), ("active", "inactive")))


@pytest.mark.parametrize(("first", "second"), list(product(COMBINATIONS, COMBINATIONS)))
def test_of_two_programs_each_gives_what_it_gives(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    run = given.course_run()
    seat = seat_by_two(first, second, run)
    effective = ("enrolled", "active")
    assert seat.is_active is (effective in (first, second))
    expected = "masters" if first == effective or second != effective else "verified"
    assert seat.mode == expected
    mira = given.account()
    given.bound("rv-1", mira)
    found = find_seat_mode(account_id=mira.pk, course_run_id=run.pk)
    assert found == (expected if seat.is_active else None)


@pytest.mark.parametrize("status", sorted(set(STATUSES) - STUDYING))
def test_losing_a_program_never_takes_what_the_learner_paid_for(status: str) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    mira = given.account()
    given.bound("rv-1", mira)
    given.granted(account_itself(mira.uuid), run=run, grant_mode="verified")
    given.enrolled("rv-1", program=program, status=status)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == "verified"
    given.enrolled("rv-1", program=program)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == "masters"


@pytest.mark.parametrize(("low", "high"), list(pairwise(MODES)))
def test_the_highest_mode_of_all_identities_counts(low: Mode, high: Mode) -> None:
    run, mira = given.course_run(), given.account()
    names = [email_address("a@example.org"), account_itself(mira.uuid)]
    for name, mode in zip(names, (high, low), strict=True):
        given.granted(name, run=run, grant_mode=mode.slug)
    given.bound(names[0], mira)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == high.slug


def test_an_inactive_grant_of_a_higher_mode_does_not_raise_a_seat() -> None:
    run, mira = given.course_run(), given.account()
    name = given.key_of("rv-1")
    given.granted(name, run=run, grant_mode="masters", is_active=False)
    given.granted(account_itself(mira.uuid), run=run, grant_mode="audit")
    given.bound(name, mira)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == "audit"
    [seat] = seats("rv-1", str(mira.uuid))
    assert (seat.mode, seat.is_active, len(seat.grants)) == ("audit", True, 2)


def test_who_has_nothing_there_has_no_seat() -> None:
    run, mira = given.course_run(), given.account()
    given.granted(given.key_of("rv-1"), run=run)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) is None
    assert list_seats(identity_ids=[]) == []


def test_a_grant_that_waits_is_nobodys_seat_until_the_name_is_proven() -> None:
    run, mira = given.course_run(), given.account()
    given.granted(given.key_of("rv-1"), run=run, grant_mode="verified")
    given.bound("rv-1", mira)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == "verified"


def test_seats_stand_by_run_with_their_grants() -> None:
    runs = [given.course_run(number) for number in ("HYD2", "HYD1")]
    program = given.program(runs=runs)
    given.enrolled("rv-1", program=program)
    for run in runs:
        given.on_course("rv-1", program=program, run=run)
        given.granted(given.key_of("rv-1"), run=run)
    found = seats("rv-1")
    assert [seat.course_run for seat in found] == sorted(run.key for run in runs)
    assert [[grant.program for grant in seat.grants] for seat in found] == [
        ["hydrology", None]
    ] * 2


def test_seats_and_a_seat_take_one_statement_each() -> None:
    run, mira = given.course_run(), given.account()
    given.granted(given.key_of("rv-1"), run=run)
    assert count_statements(lambda: seats("rv-1")) == 2  # with finding the identity
    check = count_statements(lambda: find_seat_mode(account_id=mira.pk, course_run_id=run.pk))
    assert check == 1


def test_the_declared_order_has_every_mode_once() -> None:
    assert sorted(MODE_RANK.values()) == list(range(len(MODES)))
    assert MODE_RANK["audit"] < MODE_RANK["honor"] < MODE_RANK["verified"] < MODE_RANK["masters"]
    assert len(MODE_RANK) == 12
