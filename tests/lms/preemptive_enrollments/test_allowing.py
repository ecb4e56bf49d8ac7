"""Allowing an address into a course run, before or after somebody has proven it."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import CourseRunMode, UnknownCourseRun
from matricula.lms.course_enrollments.api import CourseEnrollment, find_seat_mode
from matricula.lms.identities.api import InvalidName, email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.preemptive_enrollments.api import (
    Allowance,
    AlreadyAllowed,
    NotAllowedIn,
    allow_enrollment,
    disallow_enrollment,
    list_allowances,
)
from tests import given

pytestmark = pytest.mark.django_db

ADDRESS = "Mira@Example.org"
LATER = given.NOW + timedelta(days=1)


def allow(
    address: str = ADDRESS,
    *,
    course_run: str = "",
    is_active: bool = True,
    by: Actor = given.OPERATOR,
) -> Allowance:
    key = course_run or given.course_run().key
    return allow_enrollment(address=address, course_run=key, is_active=is_active, by=by, at=LATER)


def disallow(address: str = ADDRESS, *, by: Actor = given.OPERATOR) -> None:
    run = given.course_run()
    disallow_enrollment(address=address, course_run=run.key, by=by, at=LATER)


def allowance_of(username: str | None) -> Allowance:
    return Allowance(
        address=ADDRESS,
        course_run=given.course_run().key,
        is_active=True,
        username=username,
        created_at=LATER,
    )


def test_what_is_allowed_waits_and_enrolls_whoever_proves_the_address() -> None:
    run, mira = given.course_run(), given.account("mira")
    made = allow()
    assert made == allowance_of(None)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) is None
    given.bound(email_address("mira@example.org"), mira)
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == "audit"
    found = list_allowances(addresses=["MIRA@example.org"], by=given.OPERATOR)
    assert found == [allowance_of("mira")]


def test_an_address_that_is_proven_is_enrolled_at_once_in_the_default_mode() -> None:
    run, mira = given.course_run(), given.account("mira")
    CourseRunMode.objects.create(course_run=run, mode="honor")
    given.bound(email_address(ADDRESS), mira)
    assert allow().username == "mira"
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == "honor"


def test_an_inactive_one_is_a_permission_and_no_seat() -> None:
    run, mira = given.course_run(), given.account("mira")
    given.bound(email_address(ADDRESS), mira)
    assert not allow(is_active=False).is_active
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) is None


def test_an_address_is_allowed_in_once_whatever_its_letter_case() -> None:
    allow()
    with pytest.raises(AlreadyAllowed) as refused:
        allow("mira@EXAMPLE.org", is_active=False)
    assert refused.value.code == "already-allowed"
    assert CourseEnrollment.objects.get().is_active


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UnknownCourseRun):
        allow(course_run="course-v1:No+Such+Run")
    for text in ("mira", "", "a\x00@x.org"):
        with pytest.raises(InvalidName):
            allow(text)
    assert not CourseEnrollment.objects.exists()


def test_it_is_taken_back_with_the_seat_and_the_ledger_keeps_it() -> None:
    run, mira = given.course_run(), given.account("mira")
    given.bound(email_address(ADDRESS), mira)
    allow()
    disallow("MIRA@example.org")
    assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) is None
    assert list_allowances(account_id=mira.pk, by=given.OPERATOR) == []
    assert ChangeSet.objects.latest("pk").actor == given.OPERATOR.name
    with pytest.raises(NotAllowedIn):
        disallow()


def test_what_a_student_key_or_a_program_gives_is_none_and_stays() -> None:
    run, mira = given.course_run(), given.account("mira")
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    given.bound("rv-1", mira)
    given.bound(email_address(ADDRESS), mira)
    assert list_allowances(account_id=mira.pk, by=given.OPERATOR) == []
    with pytest.raises(NotAllowedIn):
        disallow()
    assert CourseEnrollment.objects.count() == 1


def test_those_of_an_account_are_those_of_all_addresses_that_it_has_proven() -> None:
    mira = given.account("mira")
    for address in ("a@x.org", "b@x.org"):
        given.bound(email_address(address), mira)
        allow(address)
    allow("c@x.org")
    found = list_allowances(account_id=mira.pk, by=given.OPERATOR)
    assert [each.address for each in found] == ["a@x.org", "b@x.org"]
    assert list_allowances(addresses=["a\x00@x.org"], by=given.OPERATOR) == []


def test_it_is_for_who_may_write_everywhere() -> None:
    for by in (given.holder_of("write"), given.acting(given.account())):
        with pytest.raises(PermissionMissing):
            allow(by=by)
        with pytest.raises(PermissionMissing):
            disallow(by=by)
        with pytest.raises(PermissionMissing):
            list_allowances(addresses=[ADDRESS], by=by)
