"""Several calls that enroll one learner in one course run, at the same time."""

from functools import partial

import pytest
from django.utils import timezone

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import describe_course_run
from matricula.lms.course_enrollments.api import (
    CourseEnrollment,
    Wish,
    enroll_account,
    unenroll_account,
)
from matricula.lms.identities.api import Identity, email_address
from matricula.lms.ledger.api import Change
from matricula.lms.preemptive_enrollments.api import invite
from tests import given
from tests.calling import calling_as
from tests.races.running import Running, at_once, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/api/enrollment/v1/enrollment"


def post(caller: Account, key: str) -> tuple[int, object]:
    answer = calling_as(caller).post(ADDRESS, {"course_details": {"course_id": key}})
    return answer.status_code, answer.json()


def test_two_posts_make_one_grant_and_answer_alike() -> None:
    mira = given.account("mira")
    keys = [given.course_run(f"C{number}").key for number in range(10)]
    with no_deadlocks():
        for key in keys:
            answers = at_once(*[partial(post, mira, key)] * 3)
            assert [status for status, _ in answers] == [200] * 3
            assert answers[0] == answers[1] == answers[2]
    assert CourseEnrollment.objects.count() == len(keys)
    assert Identity.objects.get().account_id == mira.pk
    assert Change.objects.filter(subject="course_enrollment").count() == len(keys)
    require_whole()


def test_who_changes_a_mode_waits_for_who_has_looked_at_it_first() -> None:
    mira, run = given.account("mira"), given.course_run()
    described = describe_course_run(key=run.key)
    enroll = partial(enroll_account, account=mira, course_run=described, at=given.NOW)
    first = Running(partial(enroll, wish=Wish(), by=given.acting(mira)), after="i.kind, g.mode")
    second = Running(partial(enroll, wish=Wish(is_active=False), by=given.OPERATOR))
    second.must_wait()
    assert first.result().is_active
    assert not second.result().is_active


def test_an_invitation_waits_for_who_enrolls_and_finds_them_in() -> None:
    mira, run = given.account("mira"), given.course_run()
    described = describe_course_run(key=run.key)
    enrolling = Running(
        partial(
            enroll_account,
            account=mira,
            course_run=described,
            wish=Wish(),
            by=given.acting(mira),
            at=given.NOW,
        ),
        before_commit=True,
    )
    inviting = Running(
        partial(
            invite,
            identifiers=["mira"],
            course_runs=[run.key],
            auto_enroll=True,
            by=given.OPERATOR,
            at=given.NOW,
        )
    )
    inviting.must_wait()
    assert enrolling.result().is_active
    [answer] = inviting.result()[run.key]
    assert answer.before == answer.after
    assert answer.before is not None
    assert answer.before.is_enrolled
    assert CourseEnrollment.objects.count() == 1


def test_invitations_unenrolling_and_enrolling_do_not_wait_in_a_circle() -> None:
    mira = given.account("mira")
    given.bound(email_address("m@x.org"), mira)
    keys = [given.course_run(f"C{number}").key for number in range(8)]

    def inviting(order: int) -> None:
        for _ in range(5):
            invite(
                identifiers=["mira", "m@x.org", "n@x.org"][::order],
                course_runs=keys[::order],
                auto_enroll=True,
                by=given.OPERATOR,
                at=timezone.now(),
            )

    def leaving() -> None:
        for _ in range(10):
            unenroll_account(username="mira", by=given.OPERATOR, at=timezone.now())

    def enrolling() -> None:
        for key in keys[::-1]:
            enroll_account(
                account=mira,
                course_run=describe_course_run(key=key),
                wish=Wish(),
                by=given.acting(mira),
                at=timezone.now(),
            )

    with no_deadlocks():
        at_once(partial(inviting, 1), partial(inviting, -1), leaving, enrolling)
    require_whole()
