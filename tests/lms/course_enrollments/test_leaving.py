"""Ending all that was granted to an account directly."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import UnknownAccount
from matricula.lms.course_enrollments.api import CourseEnrollment, unenroll_account
from matricula.lms.identities.api import account_itself, email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.ledger.api import ChangeSet
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


def leave(username: str = "mira", by: Actor = given.OPERATOR) -> list[str]:
    at = given.NOW + timedelta(days=1)
    return unenroll_account(username=username, by=by, at=at, reason="leaves")


def test_every_direct_grant_ends_and_the_runs_are_named() -> None:
    mira, one, two = given.account(), given.course_run(), given.course_run("HYD2")
    given.granted(account_itself(mira.uuid), run=two, grant_mode="verified")
    given.granted(email_address("mira@example.org"), run=one)
    given.bound(email_address("mira@example.org"), mira)
    assert leave() == [one.key, two.key]
    rows = CourseEnrollment.objects.values_list("mode", "is_active")
    assert set(rows) == {("verified", False), ("audit", False)}
    assert leave() == []


def test_what_programs_give_stays() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    mira = given.account()
    given.bound("rv-1", mira)
    sets = ChangeSet.objects.count()
    assert leave() == []
    assert CourseEnrollment.objects.get().is_active
    assert ChangeSet.objects.count() == sets
    given.granted(account_itself(mira.uuid), run=run)
    assert leave() == [run.key]
    assert CourseEnrollment.objects.get(is_active=True).mode == "masters"


def test_others_keep_theirs() -> None:
    mira, noah, run = given.account(), given.account("noah"), given.course_run()
    given.direct(account_itself(mira.uuid), account_itself(noah.uuid), run=run)
    leave()
    active = CourseEnrollment.objects.get(is_active=True)
    assert active.identity.account_id == noah.pk


def test_it_is_for_whoever_may_retire_accounts() -> None:
    given.account()
    support = given.holder_of("support", school_key=None, username="s")
    assert leave(by=support) == []
    for by in (
        given.holder_of("support"),
        given.holder_of("write", school_key=None, username="w"),
    ):
        for username in ("mira", "nobody"):
            with pytest.raises(PermissionMissing):
                leave(username, by=by)
    with pytest.raises(UnknownAccount):
        leave("nobody", by=support)


def test_the_number_of_statements_does_not_grow_with_the_runs() -> None:
    mira = given.account()
    counts = []
    for count in (1, 30):
        for n in range(count):
            given.granted(account_itself(mira.uuid), run=given.course_run(f"C{n}"))
        counts.append(count_statements(leave))
    assert counts[0] == counts[1]
