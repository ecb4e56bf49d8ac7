"""Masquerading: for a while, with a reason, and never as somebody who may do more."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing, take_role
from matricula.lms.accounts.api import Account, close_account
from matricula.lms.clients.api import create_client
from matricula.lms.identities.api import ReasonMissing
from matricula.lms.ledger.api import InvalidReason
from matricula.lms.people.api import (
    MasqueradeOutline,
    NobodyThere,
    NoMasquerade,
    begin_masquerade,
    end_masquerade,
    find_masquerade,
    list_masquerades,
    merge_accounts,
)
from matricula.lms.people.models import Masquerade
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

SOON = given.NOW + timedelta(minutes=59)
LATER = given.NOW + timedelta(hours=1)


@pytest.fixture
def helper() -> Account:
    made = given.account("helper")
    given.with_role("support", made, school_key=None)
    return made


@pytest.fixture
def mira() -> Account:
    return given.account("mira")


def begin(learner: Account, helper: Account, *, reason: str = "sees nothing") -> MasqueradeOutline:
    return begin_masquerade(learner=learner, by=given.acting(helper), at=given.NOW, reason=reason)


def seen_as(helper: Account) -> str | None:
    found = find_masquerade(staff_id=helper.pk, at=SOON)
    return found.learner if found else None


def test_support_looks_as_a_learner_for_an_hour(mira: Account, helper: Account) -> None:
    begun = begin(mira, helper)
    assert (begun.staff, begun.learner, begun.reason) == ("helper", "mira", "sees nothing")
    assert find_masquerade(staff_id=helper.pk, at=SOON) == begun
    assert find_masquerade(staff_id=helper.pk, at=LATER) is None
    assert find_masquerade(staff_id=mira.pk, at=SOON) is None


def test_it_ends_when_they_say_so(mira: Account, helper: Account) -> None:
    begin(mira, helper)
    assert end_masquerade(by=given.acting(helper), at=SOON)
    assert not end_masquerade(by=given.acting(helper), at=SOON)
    assert seen_as(helper) is None
    assert not end_masquerade(by=given.OPERATOR, at=SOON)


def test_another_one_takes_its_place(mira: Account, helper: Account) -> None:
    begin(mira, helper)
    begin(given.account("noah"), helper)
    assert seen_as(helper) == "noah"
    assert Masquerade.objects.filter(ended_at=given.NOW).count() == 1


def test_it_is_recorded_for_the_learner_too(mira: Account, helper: Account) -> None:
    begin(mira, helper)
    begin(mira, helper, reason="again")
    for by in (given.acting(mira), given.OPERATOR):
        told = list_masquerades(account=mira, by=by)
        assert [(each.staff, each.reason) for each in told] == [
            ("helper", "again"),
            ("helper", "sees nothing"),
        ]
    assert list_masquerades(account=helper, by=given.OPERATOR) == []
    with pytest.raises(PermissionMissing):
        list_masquerades(account=mira, by=given.acting(given.account("noah")))


def test_a_list_takes_as_many_queries_for_many_as_for_few(mira: Account, helper: Account) -> None:
    begin(mira, helper)
    few = count_statements(lambda: list_masquerades(account=mira, by=given.OPERATOR))
    for number in range(20):
        begin(mira, helper, reason=str(number))
    assert count_statements(lambda: list_masquerades(account=mira, by=given.OPERATOR)) == few


def test_nobody_gains_by_it(mira: Account, helper: Account) -> None:
    given.with_role("write", mira)
    with pytest.raises(NoMasquerade):
        begin(mira, helper)
    given.with_role("write", helper, school_key="LakeU")
    with pytest.raises(NoMasquerade):
        begin(mira, helper)
    given.with_role("write", helper, school_key=None)
    assert begin(mira, helper).learner == "mira"


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_nor_by_the_admins_flags(flag: str, mira: Account, helper: Account) -> None:
    Account.objects.filter(pk=mira.pk).update(**{flag: True})
    with pytest.raises(NoMasquerade):
        begin(mira, helper)


def test_a_role_that_comes_meanwhile_ends_it(mira: Account, helper: Account) -> None:
    begin(mira, helper)
    given.with_role("write", mira)
    assert seen_as(helper) is None


def test_so_does_the_permission_that_is_taken_back(mira: Account, helper: Account) -> None:
    begin(mira, helper)
    take_role(account_id=helper.pk, role="support", organization_id=None, by=given.OPERATOR)
    assert seen_as(helper) is None


def test_so_does_the_end_of_either_account(mira: Account, helper: Account) -> None:
    begin(mira, helper)
    close_account(account_id=mira.pk)
    assert seen_as(helper) is None
    noah, ida = given.account("noah"), given.account("ida")
    begin(noah, helper)
    merge_accounts(source=noah, into=ida, by=given.OPERATOR, at=given.NOW, reason="one person")
    assert not Masquerade.objects.filter(ended_at=None).exists()
    begin(ida, helper)
    given.retired(ida)
    assert not Masquerade.objects.filter(ended_at=None).exists()


def test_nobody_is_there_behind_a_closed_account_or_a_programs(
    mira: Account, helper: Account
) -> None:
    close_account(account_id=mira.pk)
    create_client(name="Robot", roles=[], organization_id=None, by=given.OPERATOR, at=given.NOW)
    for nobody in (mira, Account.objects.get(username="client-robot")):
        with pytest.raises(NobodyThere):
            begin(nobody, helper)


def test_nobody_looks_as_themselves_and_no_operator_at_all(mira: Account, helper: Account) -> None:
    with pytest.raises(NoMasquerade):
        begin(helper, helper)
    with pytest.raises(NoMasquerade):
        begin_masquerade(learner=mira, by=given.OPERATOR, at=given.NOW, reason="r")


@pytest.mark.parametrize(("reason", "refusal"), [(" ", ReasonMissing), ("a\x07", InvalidReason)])
def test_a_reason_is_needed(
    reason: str, refusal: type[Exception], mira: Account, helper: Account
) -> None:
    with pytest.raises(refusal):
        begin(mira, helper, reason=reason)
    assert not Masquerade.objects.exists()


@pytest.mark.parametrize(("role", "school_key"), [("write", None), ("support", "RiverU")])
def test_only_support_of_everything_may(role: str, school_key: str | None, mira: Account) -> None:
    by = given.holder_of(role, school_key=school_key)
    with pytest.raises(PermissionMissing):
        begin_masquerade(learner=mira, by=by, at=given.NOW, reason="r")
