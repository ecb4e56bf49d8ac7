"""Enrolling one account in one course run: by itself, or by whoever may write everywhere."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import CourseRun, CourseRunMode, describe_course_run
from matricula.lms.course_enrollments.api import (
    AttributesMissing,
    CourseEnrollment,
    EnrollmentClosed,
    HeldSeat,
    LeavingInAnotherMode,
    ModeNotOffered,
    ModeNotSelectable,
    Wish,
    enroll_account,
)
from matricula.lms.identities.api import account_itself, email_address
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.ledger.api import Change, ChangeSet
from tests import given

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)
SERVER = Actor(kind=ActorKind.SERVER, key="shop", channel="test")


@pytest.fixture
def mira() -> Account:
    return given.account("mira")


@pytest.fixture
def run() -> CourseRun:
    """Offered in audit, honor and verified."""
    made = given.course_run()
    for mode in ("audit", "honor", "verified"):
        CourseRunMode.objects.create(course_run=made, mode=mode)
    return made


def enroll(
    who: Account,
    run: CourseRun,
    mode: str = "",
    *,
    by: Actor | None = None,
    is_active: bool | None = None,
    is_forced: bool = False,
    attributes: set[str] | None = None,
) -> HeldSeat:
    wish = Wish(mode=mode, is_active=is_active, is_forced=is_forced, attributes=attributes)
    course_run = describe_course_run(key=run.key)
    by = by or given.acting(who)
    return enroll_account(account=who, course_run=course_run, wish=wish, by=by, at=LATER)


def seat_of(seat: HeldSeat) -> tuple[str, bool]:
    return seat.mode, seat.is_active


def stored() -> list[tuple[str, str, bool]]:
    rows = CourseEnrollment.objects.order_by("pk")
    return list(rows.values_list("identity__kind", "mode", "is_active"))


def through_program(run: CourseRun, who: Account, *, status: str = "enrolled") -> None:
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program, status=status)
    given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", who)


def test_learners_enroll_themselves_by_a_direct_grant_of_their_account(
    mira: Account, run: CourseRun
) -> None:
    seat = enroll(mira, run)
    assert seat_of(seat) == ("audit", True)
    assert (seat.username, seat.created_at) == ("mira", LATER)
    assert stored() == [("account", "audit", True)]
    assert ChangeSet.objects.latest("pk").actor == f"account:{mira.pk}"


@pytest.mark.parametrize("mode", ["verified", "masters", "no such", "Audit"])
def test_in_the_modes_alone_that_learners_choose(mira: Account, run: CourseRun, mode: str) -> None:
    with pytest.raises(ModeNotSelectable) as refused:
        enroll(mira, run, mode)
    assert refused.value.code == "mode-not-selectable"
    assert stored() == []


def test_themselves_and_nobody_else(mira: Account, run: CourseRun) -> None:
    noah = given.account("noah")
    school = given.holder_of("write")
    for by in (given.acting(noah), school, given.holder_of("support", username="s")):
        with pytest.raises(PermissionMissing):
            enroll(mira, run, by=by)
    assert stored() == []


def test_whoever_may_write_everywhere_gives_any_mode_that_is_offered(
    mira: Account, run: CourseRun
) -> None:
    by = given.holder_of("write", school_key=None)
    assert seat_of(enroll(mira, run, "verified", by=by)) == ("verified", True)
    with pytest.raises(ModeNotOffered, match=r"not offered in the mode 'masters'; it is in audit"):
        enroll(mira, run, "masters", by=by)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(["audit", "honor"], "audit"), (["honor", "verified"], "honor"), ([], "audit")],
)
def test_without_a_mode_the_first_that_learners_choose(
    mira: Account, offered: list[str], chosen: str
) -> None:
    run = given.course_run()
    for mode in offered:
        CourseRunMode.objects.create(course_run=run, mode=mode)
    assert enroll(mira, run).mode == chosen


def test_a_run_that_offers_learners_nothing_takes_none(mira: Account) -> None:
    run = given.course_run()
    CourseRunMode.objects.create(course_run=run, mode="masters")
    with pytest.raises(ModeNotOffered):
        enroll(mira, run)


def test_a_mode_that_has_expired_is_no_longer_offered(mira: Account, run: CourseRun) -> None:
    CourseRunMode.objects.filter(mode="verified").update(expires_at=given.NOW)
    with pytest.raises(ModeNotOffered):
        enroll(mira, run, "verified", by=given.OPERATOR)
    enroll(mira, run)
    with pytest.raises(ModeNotOffered):
        enroll(mira, run, "verified", by=given.OPERATOR)
    assert enroll(mira, run, "verified", by=SERVER).mode == "verified"


def test_who_is_in_already_stays_as_they_are(mira: Account, run: CourseRun) -> None:
    enroll(mira, run, "verified", by=given.OPERATOR)
    changes = Change.objects.count(), ChangeSet.objects.count()
    for wish in ({}, {"mode": "audit"}, {"is_active": False}, {"is_active": True}):
        assert seat_of(enroll(mira, run, **wish)) == ("verified", True)
    assert (Change.objects.count(), ChangeSet.objects.count()) == changes


def test_who_may_write_everywhere_changes_the_mode(mira: Account, run: CourseRun) -> None:
    enroll(mira, run)
    seat = enroll(mira, run, "verified", by=SERVER)
    assert (seat_of(seat), seat.created_at) == (("verified", True), LATER)
    assert seat_of(enroll(mira, run, "honor", by=given.OPERATOR)) == ("honor", True)
    assert stored() == [("account", "honor", True)]
    assert ChangeSet.objects.filter(actor="server:shop").exists()


def test_and_ends_what_was_given_directly(mira: Account, run: CourseRun) -> None:
    enroll(mira, run, "verified", by=given.OPERATOR)
    for mode in ("", "verified"):
        seat = enroll(mira, run, mode, by=given.OPERATOR, is_active=False)
        assert seat_of(seat) == ("verified", False)
    assert stored() == [("account", "verified", False)]


def test_ending_reaches_what_was_given_to_the_address_too(mira: Account, run: CourseRun) -> None:
    given.granted(email_address("mira@example.org"), run=run)
    given.bound(email_address("mira@example.org"), mira)
    enroll(mira, run, "verified", by=given.OPERATOR)
    assert seat_of(enroll(mira, run, by=given.OPERATOR, is_active=False)) == ("verified", False)
    assert stored() == [("email", "audit", False), ("account", "verified", False)]


def test_ending_and_another_mode_do_not_go_together(mira: Account, run: CourseRun) -> None:
    enroll(mira, run)
    with pytest.raises(LeavingInAnotherMode):
        enroll(mira, run, "honor", by=given.OPERATOR, is_active=False)
    assert stored() == [("account", "audit", True)]


def test_what_a_program_gives_is_not_ended(mira: Account, run: CourseRun) -> None:
    through_program(run, mira)
    changes = Change.objects.count()
    seat = enroll(mira, run, by=given.OPERATOR, is_active=False)
    assert (seat_of(seat), Change.objects.count()) == (("masters", True), changes)
    assert seat.created_at == given.NOW


def test_of_both_the_direct_one_is_ended(mira: Account, run: CourseRun) -> None:
    through_program(run, mira)
    given.granted(account_itself(mira.uuid), run=run)
    seat = enroll(mira, run, by=given.OPERATOR, is_active=False)
    assert seat_of(seat) == ("masters", True)
    assert sorted(stored()) == [("account", "audit", False), ("student_key", "masters", True)]


def test_a_paid_mode_of_before_does_not_come_back_by_itself(mira: Account, run: CourseRun) -> None:
    enroll(mira, run, "verified", by=given.OPERATOR)
    enroll(mira, run, by=given.OPERATOR, is_active=False)
    assert seat_of(enroll(mira, run)) == ("audit", True)


def test_it_does_when_somebody_who_may_says_so(mira: Account, run: CourseRun) -> None:
    enroll(mira, run, "verified", by=given.OPERATOR)
    enroll(mira, run, by=given.OPERATOR, is_active=False)
    assert seat_of(enroll(mira, run, by=SERVER, is_active=True)) == ("verified", True)


def test_a_change_of_mode_alone_lets_nobody_in(mira: Account, run: CourseRun) -> None:
    enroll(mira, run)
    enroll(mira, run, by=given.OPERATOR, is_active=False)
    assert seat_of(enroll(mira, run, "verified", by=given.OPERATOR)) == ("verified", False)


def test_a_suspended_program_lends_its_mode_to_nobody(mira: Account, run: CourseRun) -> None:
    through_program(run, mira, status="suspended")
    seat = enroll(mira, run, by=given.OPERATOR, is_active=True)
    assert seat_of(seat) == ("audit", True)


def test_who_loses_the_program_may_still_enroll_themselves(mira: Account, run: CourseRun) -> None:
    through_program(run, mira, status="canceled")
    assert seat_of(enroll(mira, run)) == ("audit", True)


def test_a_new_enrollment_may_be_inactive(mira: Account, run: CourseRun) -> None:
    CourseRunMode.objects.filter(mode="verified").update(expires_at=given.NOW)
    seat = enroll(mira, run, "verified", by=given.OPERATOR, is_active=False)
    assert seat_of(seat) == ("verified", False)


@pytest.mark.parametrize(
    "closing",
    [
        {"enrollment_end_at": given.NOW},
        {"enrollment_start_at": LATER + timedelta(days=1)},
        {"is_invitation_only": True},
    ],
)
def test_what_is_closed_takes_nobody_unless_forced(
    mira: Account, run: CourseRun, closing: dict[str, object]
) -> None:
    CourseRun.objects.update(**closing)
    for by in (given.acting(mira), given.OPERATOR):
        with pytest.raises(EnrollmentClosed):
            enroll(mira, run, by=by)
    with pytest.raises(EnrollmentClosed):
        enroll(mira, run, is_forced=True)
    assert seat_of(enroll(mira, run, by=given.OPERATOR, is_forced=True)) == ("audit", True)


@pytest.mark.parametrize(
    "closing", [{"enrollment_end_at": given.NOW}, {"is_invitation_only": True}]
)
def test_who_is_allowed_by_their_address_comes_in_all_the_same(
    mira: Account, run: CourseRun, closing: dict[str, object]
) -> None:
    CourseRun.objects.update(**closing)
    given.granted(email_address("mira@example.org"), run=run, is_active=False)
    with pytest.raises(EnrollmentClosed):
        enroll(mira, run)
    given.bound(email_address("mira@example.org"), mira)
    assert seat_of(enroll(mira, run)) == ("audit", True)


def test_who_has_left_a_closed_run_is_not_let_in_by_that(mira: Account, run: CourseRun) -> None:
    enroll(mira, run)
    enroll(mira, run, by=given.OPERATOR, is_active=False)
    CourseRun.objects.update(is_invitation_only=True)
    with pytest.raises(EnrollmentClosed):
        enroll(mira, run)


def test_credit_names_its_provider_if_anything_is_said(mira: Account, run: CourseRun) -> None:
    CourseRunMode.objects.create(course_run=run, mode="credit")
    enroll(mira, run)
    with pytest.raises(AttributesMissing, match="credit:provider_id"):
        enroll(mira, run, "credit", by=SERVER, attributes={"order:number"})
    assert enroll(mira, run, "credit", by=SERVER, attributes={"credit:provider_id"}).is_active


def test_nobody_enrolls_the_retired(mira: Account, run: CourseRun) -> None:
    given.retired(mira)
    with pytest.raises(UnknownAccount):
        enroll(mira, run, by=given.OPERATOR)
    assert stored() == []


def test_grants_to_the_account_itself_are_kept_in_one_row(mira: Account, run: CourseRun) -> None:
    given.granted(account_itself(mira.uuid), run=run, grant_mode="verified")
    enroll(mira, run, "audit", by=given.OPERATOR)
    assert stored() == [("account", "audit", True)]
