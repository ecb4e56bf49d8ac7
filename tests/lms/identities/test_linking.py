"""What staff do by hand: unbinding, rebinding, resolving. Each needs a reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.course_enrollments.api import find_seat_mode
from matricula.lms.identities.api import (
    AccountRetired,
    BindingConflict,
    Identity,
    IdentityName,
    NotBound,
    NotMovable,
    Outcome,
    ReasonMissing,
    UnknownConflict,
    UnknownIdentity,
    account_itself,
    list_conflicts,
    rebind_identity,
    resolve_conflict,
    unbind_identity,
)
from matricula.lms.kernel.api import Actor, Conflict
from matricula.lms.ledger.api import Change
from matricula.lms.people.api import retire_account
from tests import given
from tests.lms.kernel.seeing import read_all

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def noah() -> Account:
    return given.account("noah")


@pytest.fixture
def mira() -> Account:
    """Mira is rv-1, who has a seat."""
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


def unbind(
    name: IdentityName | None = None, *, by: Actor = given.OPERATOR, reason: str = "why"
) -> int:
    return unbind_identity(name=name or given.key_of("rv-1"), by=by, at=LATER, reason=reason)


def rebind(
    account: Account,
    name: IdentityName | None = None,
    *,
    by: Actor = given.OPERATOR,
    reason: str = "why",
) -> int | None:
    name = name or given.key_of("rv-1")
    return rebind_identity(name=name, account_id=account.pk, by=by, at=LATER, reason=reason)


def resolve(
    conflict_id: int, *, rebind: bool, by: Actor = given.OPERATOR, reason: str = "why"
) -> None:
    resolve_conflict(conflict_id=conflict_id, rebind=rebind, by=by, at=LATER, reason=reason)


def seat_of(account: Account) -> str | None:
    return find_seat_mode(account_id=account.pk, course_run_id=given.course_run().pk)


def test_what_was_made_for_an_unbound_name_waits_again(mira: Account) -> None:
    assert seat_of(mira) == "masters"
    assert unbind() == mira.pk
    assert seat_of(mira) is None
    found = Identity.objects.get()
    assert (found.account_id, found.bound_at, found.bound_via) == (None, None, None)
    assert given.bound("rv-1", mira).outcome is Outcome.BOUND
    assert seat_of(mira) == "masters"


def test_a_name_is_moved_with_all_that_was_made_for_it(mira: Account, noah: Account) -> None:
    assert rebind(noah) == mira.pk
    assert (seat_of(mira), seat_of(noah)) == (None, "masters")
    found = Identity.objects.get()
    assert (found.bound_via, found.bound_at) == ("staff", LATER)


def test_a_name_that_waits_can_be_moved_to_somebody(mira: Account, noah: Account) -> None:
    unbind()
    assert rebind(noah) is None
    assert seat_of(noah) == "masters"


def test_moving_to_whose_it_is_changes_nothing(mira: Account) -> None:
    before = read_all()["identity"], Change.objects.count()
    assert rebind(mira) == mira.pk
    assert (read_all()["identity"], Change.objects.count()) == before


def test_a_name_that_waits_cannot_be_unbound(mira: Account) -> None:
    unbind()
    with pytest.raises(NotBound):
        unbind()


ACTS: dict[str, Callable[..., object]] = {
    "unbind": unbind,
    "rebind": lambda **more: rebind(Account.objects.filter(username="noah")[0], **more),
}
BOTH = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


@BOTH
@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_reason_is_needed(act: Callable[..., object], reason: str, mira: Account) -> None:
    with pytest.raises(ReasonMissing):
        act(reason=reason)
    assert Identity.objects.get().account_id == mira.pk


@BOTH
def test_a_name_nobody_has_mentioned_is_unknown(act: Callable[..., object]) -> None:
    with pytest.raises(UnknownIdentity):
        act(name=given.key_of("rv-9"))


@BOTH
def test_an_accounts_own_name_stays(act: Callable[..., object], noah: Account) -> None:
    name = account_itself(noah.uuid)
    given.granted(name, run=given.course_run())
    with pytest.raises(NotMovable) as refused:
        act(name=name)
    assert isinstance(refused.value, Conflict)


@BOTH
@pytest.mark.parametrize("role", ["read", "write", "catalog"])
def test_other_roles_may_not(act: Callable[..., object], role: str, mira: Account) -> None:
    with pytest.raises(PermissionMissing):
        act(by=given.holder_of(role), reason="")


@BOTH
def test_support_may_at_its_school(act: Callable[..., object], mira: Account) -> None:
    with pytest.raises(PermissionMissing):
        act(by=given.holder_of("support", school_key="LakeU", username="lake"))
    act(by=given.holder_of("support"))
    assert Identity.objects.get(value="rv-1").account_id != mira.pk


def test_a_retired_account_takes_no_names(mira: Account, noah: Account) -> None:
    retire_account(account=noah, by=given.OPERATOR, at=given.NOW, reason="asked")
    with pytest.raises(AccountRetired):
        rebind(noah)
    assert seat_of(mira) == "masters"


def test_an_account_that_is_none_takes_none(mira: Account) -> None:
    with pytest.raises(UnknownAccount, match="no account 1000000000"):
        rebind(Account(pk=10**9))
    assert seat_of(mira) == "masters"


def test_the_reason_is_kept_with_the_change(mira: Account, noah: Account) -> None:
    rebind(noah, reason="wrong card")
    change = Change.objects.filter(subject="identity").order_by("-pk")[0]
    assert change.change_set.reason == "wrong card"
    assert change.change_set.actor == "operator:tester"


class TestResolving:
    @pytest.fixture
    def conflict_id(self, mira: Account, noah: Account) -> int:
        assert seat_of(mira) == "masters"
        given.bound("rv-1", noah)
        return list_conflicts(by=given.OPERATOR)[0].id

    def test_a_conflict_ends_with_the_claimant(
        self, conflict_id: int, mira: Account, noah: Account
    ) -> None:
        resolve(conflict_id, rebind=True, reason="his")
        assert (seat_of(mira), seat_of(noah)) == (None, "masters")
        found = BindingConflict.objects.get()
        assert (found.resolution, found.resolved_at) == ("rebound: his", LATER)
        assert list_conflicts(by=given.OPERATOR) == []

    def test_or_with_the_holder(self, conflict_id: int) -> None:
        before = read_all()["identity"]
        resolve(conflict_id, rebind=False, reason="hers")
        assert read_all()["identity"] == before
        assert BindingConflict.objects.get().resolution == "kept: hers"

    def test_it_is_resolved_once(self, conflict_id: int) -> None:
        resolve(conflict_id, rebind=False)
        for again in (True, False):
            with pytest.raises(UnknownConflict):
                resolve(conflict_id, rebind=again)

    @pytest.mark.usefixtures("conflict_id")
    def test_rebinding_by_name_ends_it_too(self, noah: Account) -> None:
        rebind(noah, reason="his")
        assert BindingConflict.objects.get().resolution == "rebound: his"

    def test_a_reason_is_needed(self, conflict_id: int) -> None:
        with pytest.raises(ReasonMissing):
            resolve(conflict_id, rebind=True, reason=" ")

    def test_only_support_of_the_school_may(self, conflict_id: int) -> None:
        for by in (given.holder_of("write", username="a"), given.MAIL):
            with pytest.raises(PermissionMissing):
                resolve(conflict_id, rebind=True, by=by)
        with pytest.raises(UnknownConflict):
            resolve(
                conflict_id,
                rebind=True,
                by=given.holder_of("support", school_key="LakeU", username="b"),
            )
        resolve(conflict_id, rebind=True, by=given.holder_of("support", username="c"))

    def test_an_unknown_conflict_is_not_found(self) -> None:
        with pytest.raises(UnknownConflict):
            resolve(10**9, rebind=True)
