"""Linking many students at once: each claim has its answer, and none holds up another."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.course_enrollments.api import find_seat_mode
from matricula.lms.identities.api import (
    BindingConflict,
    Claim,
    Identity,
    IdentityName,
    LinkOutcome,
    ReasonMissing,
    RepeatedName,
    Unprovable,
    email_address,
    link_student_keys,
    student_key,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.kernel.staging import FEW
from matricula.lms.ledger.api import Change, ChangeSet
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    count_statements,
    know_statistics,
    list_quadratic_nodes,
    planning,
    read_all,
)

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


def link(
    *pairs: tuple[str | IdentityName, Account | int],
    by: Actor = given.OPERATOR,
    reason: str = "why",
) -> list[LinkOutcome]:
    claims = [
        Claim(
            given.key_of(name) if isinstance(name, str) else name,
            account if isinstance(account, int) else account.pk,
        )
        for name, account in pairs
    ]
    return link_student_keys(claims=claims, by=by, at=LATER, reason=reason)


@pytest.fixture
def mira() -> Account:
    return given.account("mira")


@pytest.fixture
def noah() -> Account:
    return given.account("noah")


def test_students_are_bound_to_accounts(mira: Account, noah: Account) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-2", program=program, run=run)
    assert link(("rv-1", mira), ("RV-2", noah)) == [LinkOutcome.BOUND, LinkOutcome.BOUND]
    assert find_seat_mode(account_id=noah.pk, course_run_id=run.pk) == "masters"
    found = Identity.objects.get(value="rv-2")
    assert (found.account_id, found.bound_via, found.bound_at) == (noah.pk, "staff", LATER)


def test_every_claim_has_its_own_answer(mira: Account, noah: Account) -> None:
    gone = given.account("gone")
    given.enrolled("rv-1", "rv-2", "rv-3", "rv-4", program=given.program())
    given.bound("rv-2", mira)
    given.bound("rv-3", noah)
    given.retired(gone)
    assert link(
        ("rv-1", mira), ("rv-2", mira), ("rv-3", mira), ("rv-4", gone), ("rv-5", mira)
    ) == [
        LinkOutcome.BOUND,
        LinkOutcome.ALREADY,
        LinkOutcome.MOVED,
        LinkOutcome.RETIRED,
        LinkOutcome.UNKNOWN,
    ]
    holders = dict(Identity.objects.filter(kind="student_key").values_list("value", "account"))
    assert holders == {"rv-1": mira.pk, "rv-2": mira.pk, "rv-3": mira.pk, "rv-4": None}
    assert link(("rv-4", 10**9)) == [LinkOutcome.RETIRED]


def test_another_schools_key_of_the_same_spelling_stays(mira: Account, noah: Account) -> None:
    given.bound("rv-1", mira)
    given.bound("rv-1", noah, school_key="LakeU")
    assert link(("rv-1", noah)) == [LinkOutcome.MOVED]
    assert set(Identity.objects.values_list("account", flat=True)) == {noah.pk}
    lake = given.key_of("rv-1", school_key="LakeU")
    assert link(("rv-1", mira), (lake, noah)) == [LinkOutcome.MOVED, LinkOutcome.ALREADY]


def test_linking_again_changes_nothing(mira: Account) -> None:
    given.bound("rv-1", mira)
    before = read_all()["identity"], Change.objects.count()
    assert link(("rv-1", mira)) == [LinkOutcome.ALREADY]
    assert (read_all()["identity"], Change.objects.count()) == before


def test_conflicts_that_the_account_had_claimed_end(mira: Account, noah: Account) -> None:
    ida = given.account("ida")
    for account in (mira, noah, ida):
        given.bound("rv-1", account)
    link(("rv-1", noah), reason="his")
    found = BindingConflict.objects.get(claimant=noah)
    assert (found.resolved_at, found.resolution) == (LATER, "rebound: his")
    assert BindingConflict.objects.get(claimant=ida).resolved_at is None


def test_all_is_one_change_set_with_its_reason(mira: Account) -> None:
    given.enrolled("rv-1", "rv-2", program=given.program())
    link(("rv-1", mira), ("rv-2", mira), reason="wrong cards")
    made = ChangeSet.objects.get(reason="wrong cards")
    assert Change.objects.filter(change_set=made, subject="identity").count() == 2


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_reason_is_needed(reason: str, mira: Account) -> None:
    with pytest.raises(ReasonMissing):
        link(("rv-1", mira), reason=reason)


def test_student_keys_alone_are_linked_and_each_once(mira: Account, noah: Account) -> None:
    with pytest.raises(Unprovable):
        link((email_address("a@x.org"), mira))
    with pytest.raises(RepeatedName):
        link(("rv-1", mira), ("RV-1", noah))
    assert link() == []


@pytest.mark.parametrize("role", ["read", "write", "catalog"])
def test_other_roles_may_not(role: str, mira: Account) -> None:
    given.enrolled("rv-1", program=given.program())
    with pytest.raises(PermissionMissing):
        link(("rv-1", mira), by=given.holder_of(role, school_key=None))


def test_support_may_at_its_school_alone(mira: Account) -> None:
    lake = given.key_of("lk-1", school_key="LakeU")
    given.enrolled("rv-1", program=given.program())
    by = given.holder_of("support")
    with pytest.raises(PermissionMissing):
        link(("rv-1", mira), (lake, mira), by=by)
    assert Identity.objects.get().account_id is None
    assert link(("rv-1", mira), by=by) == [LinkOutcome.BOUND]


def make_accounts(count: int) -> list[Account]:
    made = [NewAccount(username=f"u{n}", email=f"u{n}@example.org") for n in range(count)]
    return create_accounts(accounts=made, at=given.NOW)


def test_the_number_of_statements_does_not_depend_on_the_claims() -> None:
    count = 2 * FEW
    keys = [f"rv-{n}" for n in range(count)]
    given.enrolled(*keys, program=given.program())
    names = [student_key(key, organization_id=given.school().pk) for key in keys]
    claims = list(zip(names, make_accounts(count), strict=True))
    few = count_statements(lambda: link(*claims[:2]))
    assert few <= 9
    assert count_statements(lambda: link(*claims[2:FEW])) == few
    staging = 4
    assert count_statements(lambda: link(*claims[FEW : FEW + FEW + 1])) == few
    assert count_statements(lambda: link(*claims)) <= few + staging


@pytest.mark.parametrize("statistics", STATISTICS)
@pytest.mark.parametrize("count", [25, FEW + 1])
def test_no_statement_is_quadratic(statistics: str, count: int) -> None:
    keys = [f"rv-{n}" for n in range(4000)]
    given.enrolled(*keys, program=given.program())
    accounts = make_accounts(4000)
    know_statistics(statistics)
    with planning("WITH living", "UPDATE identity", "UPDATE binding") as plans:
        outcomes = link(*list(zip(keys, accounts, strict=True))[:count])
    assert set(outcomes) == {LinkOutcome.BOUND}
    assert len(plans) == 3
    assert [list_quadratic_nodes(plan) for plan in plans] == [[], [], []]
