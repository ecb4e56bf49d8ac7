"""Merging accounts while others merge, bind, retire and grade."""

from decimal import Decimal
from functools import partial

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.grades.api import EarnedGrade, Grade, record_grades
from matricula.lms.identities.api import AccountRetired, Identity, Outcome
from matricula.lms.kernel.api import Refusal
from matricula.lms.people.api import Merger, NotMergeable
from tests import given
from tests.races.running import Running, at_once, holders_of, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)


def merged(source: Account, into: Account) -> Merger | str:
    try:
        return given.merged(source, into)
    except Refusal as refusal:
        return refusal.code


def test_of_two_merges_in_opposite_directions_one_wins() -> None:
    with no_deadlocks():
        for number in range(20):
            pair = [given.account(f"{name}{number}") for name in ("mira", "ida")]
            for account in pair:
                given.bound(f"rv-{account.username}", account)
            answers = at_once(partial(merged, *pair), partial(merged, *pair[::-1]))
            assert sorted(map(str, answers)) == [str(Merger(identities=1)), "not-mergeable"]
            [closed] = Account.objects.filter(pk__in=[each.pk for each in pair], is_active=False)
            assert Identity.objects.filter(account=closed.merged_into_id).count() == 2
    require_whole()


def test_the_second_of_them_waits_and_is_refused() -> None:
    mira, ida = given.account("mira"), given.account("ida")
    first = Running(partial(given.merged, mira, ida), before_commit=True)
    second = Running(partial(given.merged, ida, mira))
    second.must_wait()
    first.result()
    with pytest.raises(NotMergeable):
        second.result()


def test_a_double_click_merges_once() -> None:
    with no_deadlocks():
        for number in range(20):
            mira, ida = given.account(f"mira{number}"), given.account(f"ida{number}")
            given.bound(f"rv-{number}", mira)
            answers = at_once(*[partial(merged, mira, ida)] * 2)
            assert sorted(map(str, answers)) == [str(Merger()), str(Merger(identities=1))]
    require_whole()


def test_a_sign_on_waits_for_the_merge_of_its_account_and_is_refused() -> None:
    mira, ida = given.account("mira"), given.account("ida")
    merging = Running(partial(given.merged, mira, ida), before_commit=True)
    signing_on = Running(partial(given.bound, "rv-1", mira))
    signing_on.must_wait()
    merging.result()
    with pytest.raises(AccountRetired):
        signing_on.result()
    assert given.bound("rv-1", ida).outcome is Outcome.BOUND
    require_whole()


def test_a_name_that_was_bound_just_before_goes_along() -> None:
    mira, ida = given.account("mira"), given.account("ida")
    signing_on = Running(partial(given.bound, "rv-1", mira), before_commit=True)
    merging = Running(partial(given.merged, mira, ida))
    merging.must_wait()
    signing_on.result()
    assert merging.result().identities == 1
    assert holders_of(["rv-1"]) == [ida.pk]
    require_whole()


def test_a_grade_that_is_recorded_meanwhile_is_of_the_account_that_remains() -> None:
    run, mira, ida = given.course_run(), given.account("mira"), given.account("ida")
    grade = EarnedGrade(mira.pk, run.pk, "A", is_passing=True, percent=Decimal("0.9"))
    merging = Running(partial(given.merged, mira, ida), before_commit=True)
    grading = Running(partial(record_grades, grades=[grade], by=given.OPERATOR, at=given.NOW))
    grading.must_wait()
    merging.result()
    assert grading.result() == 1
    assert Grade.objects.get().account_id == ida.pk
    require_whole()


def test_merging_retiring_and_rosters_at_once_never_lock_up() -> None:
    program = given.program()
    with no_deadlocks():
        for number in range(20):
            mira, ida = given.account(f"mira{number}"), given.account(f"ida{number}")
            keys = [f"rv-{number}-{each}" for each in range(6)]
            for at, key in enumerate(keys):
                given.bound(key, (mira, ida)[at % 2])
            at_once(
                partial(merged, mira, ida),
                partial(given.retired, ida),
                partial(given.enrolled, *keys[::-1], program=program),
            )
            require_whole()
