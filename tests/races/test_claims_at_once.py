"""Two who claim one name, and staff who move it meanwhile."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import (
    AccountRetired,
    BindingConflict,
    Claim,
    NotBound,
    Outcome,
    UnknownConflict,
    Via,
    bind_identities,
    rebind_identity,
    resolve_conflict,
    unbind_identity,
)
from matricula.lms.kernel.api import Refusal
from tests import given
from tests.lms.pages.support.browsing import browser_of
from tests.races.running import Running, at_once, holders_of, kill, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def rebound(key: str, account: Account) -> int | None:
    return rebind_identity(
        name=given.key_of(key),
        account_id=account.pk,
        by=given.OPERATOR,
        at=given.NOW,
        reason="asked for",
    )


def claimed(key: str, account: Account) -> Outcome:
    return given.bound(key, account).outcome


def unbound(key: str) -> int:
    return unbind_identity(
        name=given.key_of(key), by=given.OPERATOR, at=given.NOW, reason="asked for"
    )


def resolved(conflict_id: int, *, rebind: bool) -> str:
    resolve_conflict(
        conflict_id=conflict_id,
        rebind=rebind,
        by=given.OPERATOR,
        at=given.NOW,
        reason="asked for",
    )
    return "resolved"


def decided(conflict_id: int, *, decision: str, holder: str) -> int:
    """What support's page answers to who decides."""
    said = {"decision": decision, "reason": "asked the school", "holder": holder}
    return int(browser_of().post(f"/support/conflicts/{conflict_id}", said).status_code)


def or_refusal(act: Callable[[], T]) -> T | str:
    try:
        return act()
    except Refusal as refusal:
        return refusal.code


def open_conflicts() -> list[tuple[int, int]]:
    found = BindingConflict.objects.filter(resolved_at=None)
    return list(found.values_list("holder_id", "claimant_id"))


def test_of_two_accounts_that_claim_one_key_at_once_exactly_one_holds_it() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    with no_deadlocks():
        for number in range(40):
            key = f"rv-{number}"
            answers = at_once(
                partial(given.bound, key, mira), partial(given.bound, key.upper(), ben)
            )
            assert sorted(answer.outcome for answer in answers) == ["bound", "refused"]
            (holder,) = holders_of([key])
            assert {answer.holder_id for answer in answers} == {holder}
    assert len(open_conflicts()) == 40
    require_whole()


@pytest.mark.parametrize("names", [("mira", "ben"), ("ben", "mira")])
@pytest.mark.parametrize("known", [True, False])
def test_the_second_claim_waits_for_the_first_and_is_kept_as_a_conflict(
    names: tuple[str, str], *, known: bool
) -> None:
    given.account("mira")
    given.account("ben")
    first_account, second_account = (Account.objects.get(username=name) for name in names)
    if known:
        given.enrolled("rv-1", program=given.program())
    first = Running(partial(given.bound, "rv-1", first_account), before_commit=True)
    second = Running(partial(given.bound, "RV-1", second_account))
    second.must_wait()
    assert first.result().outcome is Outcome.BOUND
    assert second.result().outcome is Outcome.REFUSED
    assert holders_of(["rv-1"]) == [first_account.pk]
    assert open_conflicts() == [(first_account.pk, second_account.pk)]
    require_whole()


def test_the_second_claim_succeeds_when_the_first_is_cut_off() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    first = Running(partial(given.bound, "rv-1", mira), before_commit=True)
    second = Running(partial(given.bound, "rv-1", ben))
    second.must_wait()
    kill(first)
    assert second.must_end().outcome is Outcome.BOUND
    first.join()
    assert first.error is not None
    assert holders_of(["rv-1"]) == [ben.pk]
    assert open_conflicts() == []


def test_many_claims_in_crossed_order_neither_lock_up_nor_share_a_key() -> None:
    mira, ben = given.account("mira"), given.account("ben")

    def claim(account: Account, number: int, *, backwards: bool) -> list[Outcome]:
        keys = [f"rv-{number}-{each}" for each in range(12)]
        names = [given.key_of(key) for key in (keys[::-1] if backwards else keys)]
        claims = [Claim(name, account.pk) for name in names]
        answers = bind_identities(
            claims=claims, via=Via.SIGN_ON, by=given.sign_on(given.school().pk), at=given.NOW
        )
        return [answer.outcome for answer in answers]

    with no_deadlocks():
        for number in range(30):
            answers = at_once(
                partial(claim, mira, number, backwards=False),
                partial(claim, ben, number, backwards=True),
            )
            assert sorted(map(set, answers), key=str) == [{Outcome.BOUND}, {Outcome.REFUSED}]
    require_whole()


def test_unbinding_at_once_with_another_claim_leaves_one_of_both_or_none() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    with no_deadlocks():
        for number in range(40):
            key = f"rv-{number}"
            given.bound(key, mira)
            acts: list[Callable[[], int | Outcome]] = [
                partial(unbound, key),
                partial(claimed, key, ben),
            ]
            holder, claim = at_once(*acts)
            assert holder == mira.pk
            bound = claim is Outcome.BOUND
            assert holders_of([key]) == [ben.pk if bound else None]
    require_whole()


def test_two_rebindings_at_once_end_with_one_of_the_two() -> None:
    mira, ben, ida = (given.account(name) for name in ("mira", "ben", "ida"))
    with no_deadlocks():
        for number in range(40):
            key = f"rv-{number}"
            given.bound(key, ida)
            answers = at_once(partial(rebound, key, mira), partial(rebound, key, ben))
            (holder,) = holders_of([key])
            assert set(answers) == {ida.pk, mira.pk if holder == ben.pk else ben.pk}
    require_whole()


def test_two_unbindings_at_once_unbind_once() -> None:
    mira = given.account("mira")
    given.bound("rv-1", mira)
    first = Running(partial(unbound, "rv-1"), before_commit=True)
    second = Running(partial(unbound, "rv-1"))
    second.must_wait()
    first.result()
    with pytest.raises(NotBound):
        second.result()


@pytest.mark.parametrize("second_rebinds", [True, False])
@pytest.mark.parametrize("first_rebinds", [True, False])
def test_a_conflict_that_two_resolve_at_once_is_resolved_as_the_first_says(
    *, first_rebinds: bool, second_rebinds: bool
) -> None:
    mira, ben = given.account("mira"), given.account("ben")
    given.bound("rv-1", mira)
    given.bound("rv-1", ben)
    conflict = BindingConflict.objects.get()
    first = Running(partial(resolved, conflict.pk, rebind=first_rebinds), before_commit=True)
    second = Running(partial(resolved, conflict.pk, rebind=second_rebinds))
    second.must_wait()
    first.result()
    with pytest.raises(UnknownConflict):
        second.result()
    assert holders_of(["rv-1"]) == [ben.pk if first_rebinds else mira.pk]
    require_whole()


def test_resolving_a_conflict_while_its_claimant_signs_on_again_never_locks_up() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    with no_deadlocks():
        for number in range(40):
            key = f"rv-{number}"
            given.bound(key, mira)
            given.bound(key, ben)
            unbound(key)
            conflict = BindingConflict.objects.get(resolved_at=None)
            at_once(
                partial(or_refusal, partial(resolved, conflict.pk, rebind=True)),
                partial(or_refusal, partial(claimed, key, ben)),
            )
            assert holders_of([key]) == [ben.pk]
            assert open_conflicts() == []
    require_whole()


def test_a_claim_that_binds_closes_the_conflict_that_its_own_twin_opened_meanwhile() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    given.bound("rv-1", mira)
    refused = Running(partial(given.bound, "rv-1", ben), before_commit=True)
    unbinding = Running(partial(unbound, "rv-1"))
    unbinding.must_wait()
    again = Running(partial(given.bound, "rv-1", ben))
    again.must_wait()
    assert refused.result().outcome is Outcome.REFUSED
    unbinding.result()
    assert again.result().outcome is Outcome.BOUND
    assert holders_of(["rv-1"]) == [ben.pk]
    assert open_conflicts() == []
    require_whole()


def test_staff_who_rebind_wait_for_the_sign_on_before_them() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    given.enrolled("rv-1", program=given.program())
    signing_on = Running(partial(given.bound, "rv-1", mira), before_commit=True)
    rebinding = Running(partial(rebound, "rv-1", ben))
    rebinding.must_wait()
    signing_on.result()
    assert rebinding.result() == mira.pk
    assert holders_of(["rv-1"]) == [ben.pk]


def test_a_claim_by_a_retired_account_on_somebody_elses_name_leaves_no_conflict() -> None:
    mira, ben = given.account("mira"), given.account("ben")
    given.bound("rv-1", mira)
    given.retired(ben)
    with pytest.raises(AccountRetired):
        given.bound("rv-1", ben)
    assert open_conflicts() == []


@pytest.mark.parametrize("decision", ["move", "keep"])
def test_who_decides_on_a_name_decides_nothing_once_a_third_has_it(decision: str) -> None:
    given.school()
    mira, ben, olga = (given.account(each) for each in ("mira", "ben", "olga"))
    given.bound("rv-1", mira)
    given.bound("rv-1", ben)
    (number,) = BindingConflict.objects.values_list("pk", flat=True)
    with no_deadlocks():
        moving = Running(partial(rebound, "rv-1", olga), before_commit=True)
        deciding = Running(partial(decided, number, decision=decision, holder="mira"))
        deciding.must_wait()
        assert moving.result() == mira.pk
        assert deciding.result() == 409
    assert holders_of(["rv-1"]) == [olga.pk]
    assert open_conflicts() == [(mira.pk, ben.pk)]
