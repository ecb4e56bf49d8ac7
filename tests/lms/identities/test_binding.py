"""Binding: a name is proven, and everything made for it is the account's."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.course_enrollments.api import find_seat_mode
from matricula.lms.identities.api import (
    AccountRetired,
    Binding,
    Claim,
    Identity,
    IdentityName,
    InvalidName,
    Kind,
    Outcome,
    ReasonMissing,
    RepeatedName,
    UnknownConflict,
    Unprovable,
    Via,
    account_itself,
    bind_identities,
    bind_identity,
    email_address,
    list_conflicts,
    resolve_conflict,
    unbind_identity,
)
from matricula.lms.kernel.api import Actor, Invalid
from matricula.lms.kernel.staging import FEW
from matricula.lms.ledger.api import Change
from matricula.lms.people.api import retire_account
from tests import given
from tests.lms.kernel.seeing import count_statements, read_all

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


def holder_of(value: str) -> int | None:
    return Identity.objects.get(value=value).account_id


def bind(
    name: IdentityName,
    account: Account,
    *,
    by: Actor = given.OPERATOR,
    via: Via = Via.STAFF,
    reason: str = "why",
) -> Binding:
    return bind_identity(name=name, account_id=account.pk, via=via, by=by, at=LATER, reason=reason)


def test_all_that_waited_is_the_accounts_at_once() -> None:
    runs = [given.course_run(number) for number in ("HYD1", "HYD2")]
    for key in ("hydrology", "botany"):
        program = given.program(key, runs=runs)
        given.enrolled("rv-1", program=program)
        for run in runs:
            given.on_course("rv-1", program=program, run=run)
    mira = given.account()
    before = read_all()
    assert given.bound("RV-1", mira) == Binding(Outcome.BOUND, mira.pk)
    after = read_all()
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"identity", "change", "change_set"}
    assert len(after["change"]) == len(before["change"]) + 1
    for run in runs:
        assert find_seat_mode(account_id=mira.pk, course_run_id=run.pk) == "masters"


def test_a_name_nobody_has_mentioned_is_made_bound() -> None:
    mira = given.account()
    assert given.bound(email_address("Mira@Example.org"), mira).outcome is Outcome.BOUND
    found = Identity.objects.get()
    assert (found.value, found.folded) == ("Mira@Example.org", "mira@example.org")
    assert (found.account_id, found.bound_at, found.bound_via) == (
        mira.pk,
        given.NOW,
        "verified_email",
    )


@pytest.mark.parametrize(
    ("kind", "via"),
    [
        (Kind.STUDENT_KEY, Via.SIGN_ON),
        (Kind.STUDENT_KEY, Via.STAFF),
        (Kind.EMAIL, Via.STAFF),
        (Kind.EMAIL, Via.VERIFIED_EMAIL),
    ],
)
def test_the_way_and_the_moment_are_kept(kind: Kind, via: Via) -> None:
    name = given.key_of("rv-1") if kind is Kind.STUDENT_KEY else email_address("a@x.org")
    bind(name, given.account(), via=via)
    found = Identity.objects.get()
    assert (found.bound_via, found.bound_at) == (via.value, LATER)


@pytest.mark.parametrize("via", [Via.VERIFIED_EMAIL, Via.ACCOUNT])
def test_a_student_key_is_proven_by_its_school_or_by_staff_alone(via: Via) -> None:
    with pytest.raises(Unprovable):
        bind(given.key_of("rv-1"), given.account(), via=via)


@pytest.mark.parametrize("via", [Via.SIGN_ON, Via.ACCOUNT])
def test_an_address_is_proven_by_mail_or_by_staff_alone(via: Via) -> None:
    with pytest.raises(Unprovable):
        bind(email_address("a@x.org"), given.account(), via=via)


def test_a_school_proves_nothing_about_another_schools_students() -> None:
    hill = given.key_of("1001", school_key="HillU")
    with pytest.raises(PermissionMissing):
        bind(hill, given.account(), by=given.sign_on(given.school("RiverU").pk), via=Via.SIGN_ON)
    assert not Identity.objects.exists()


def test_binding_again_changes_nothing() -> None:
    mira = given.account()
    given.bound("rv-1", mira)
    changes, identity = Change.objects.count(), read_all()["identity"]
    assert given.bound("RV-1", mira, at=LATER) == Binding(Outcome.ALREADY, mira.pk)
    assert (Change.objects.count(), read_all()["identity"]) == (changes, identity)
    assert list_conflicts(by=given.OPERATOR) == []


def test_a_name_of_somebody_else_is_never_moved() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.bound("rv-1", mira)
    assert given.bound("rv-1", noah) == Binding(Outcome.REFUSED, mira.pk)
    assert holder_of("rv-1") == mira.pk
    [conflict] = list_conflicts(by=given.OPERATOR)
    assert (conflict.holder, conflict.claimant, conflict.value) == ("mira", "noah", "rv-1")


def test_not_by_staff_either() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.bound("rv-1", mira)
    assert bind(given.key_of("rv-1"), noah).outcome is Outcome.REFUSED
    assert holder_of("rv-1") == mira.pk


def test_one_account_may_have_many_names() -> None:
    mira = given.account()
    names = [
        given.key_of("rv-1"),
        given.key_of("rv-2"),
        given.key_of("rv-1", school_key="LakeU"),
        email_address("a@x.org"),
        email_address("b@x.org"),
    ]
    for name in names:
        assert given.bound(name, mira).outcome is Outcome.BOUND
    assert Identity.objects.filter(account=mira).count() == 5


def test_one_key_of_two_schools_is_two_names() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    assert given.bound("rv-1", mira).outcome is Outcome.BOUND
    assert given.bound("rv-1", noah, school_key="LakeU").outcome is Outcome.BOUND


@pytest.mark.parametrize("count", [25, FEW + 1])
def test_many_are_bound_in_a_fixed_number_of_statements(count: int) -> None:
    mira, noah = given.account("mira"), given.account("noah")
    keys = [f"rv-{n}" for n in range(count)]
    given.enrolled(*keys, program=given.program())
    given.bound("rv-0", noah)
    given.bound("rv-1", mira)
    claims = [Claim(given.key_of(key), mira.pk) for key in [*keys[2:], "new", "rv-0", "rv-1"]]
    answers: list[Binding] = []

    def act() -> None:
        answers.extend(
            bind_identities(
                claims=claims, via=Via.SIGN_ON, by=given.sign_on(given.school().pk), at=LATER
            )
        )

    assert count_statements(act) <= 14
    assert [answer.outcome for answer in answers[-3:]] == ["bound", "refused", "already"]
    assert {answer.outcome for answer in answers[:-2]} == {"bound"}
    assert [answer.holder_id for answer in answers[-2:]] == [noah.pk, mira.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("programs", [1, 4])
def test_a_claim_takes_three_statements_whatever_waits(programs: int) -> None:
    runs = [given.course_run(f"HYD{n}") for n in range(4)]
    for n in range(programs):
        program = given.program(f"p{n}", runs=runs)
        given.enrolled("rv-1", program=program)
        for run in runs:
            given.on_course("rv-1", program=program, run=run)
    mira, name = given.account(), given.key_of("rv-1")
    assert count_statements(lambda: given.bound(name, mira)) <= 3 + 2  # begin and commit


def test_nothing_to_bind_is_nothing() -> None:
    before = read_all()
    assert bind_identities(claims=[], via=Via.SIGN_ON, by=given.MAIL, at=given.NOW) == []
    assert read_all() == before


def test_one_call_cannot_bind_a_name_twice() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    claims = [Claim(given.key_of("rv-1"), mira.pk), Claim(given.key_of("RV-1"), noah.pk)]
    before = read_all()
    with pytest.raises(RepeatedName):
        bind_identities(
            claims=claims, via=Via.SIGN_ON, by=given.sign_on(given.school().pk), at=given.NOW
        )
    assert read_all() == before


@pytest.mark.parametrize("value", ["", "x" * 256, "a\x00", "\ud800"])
def test_what_cannot_be_stored_is_refused(value: str) -> None:
    with pytest.raises(InvalidName):
        given.bound(value, given.account())


def test_an_accounts_own_name_is_not_bound() -> None:
    mira = given.account()
    with pytest.raises(Invalid):
        bind(account_itself(mira.uuid), mira)


@pytest.mark.parametrize("known", [True, False])
def test_a_retired_account_takes_no_names(*, known: bool) -> None:
    mira = given.account()
    retire_account(account=mira, by=given.OPERATOR, at=given.NOW, reason="asked")
    if known:
        given.enrolled("rv-1", program=given.program())
    before = read_all()["identity"]
    with pytest.raises(AccountRetired):
        given.bound("rv-1", mira)
    assert read_all()["identity"] == before


def test_an_account_that_is_none_takes_no_names() -> None:
    ghost = Account(pk=10**9)
    with pytest.raises(AccountRetired):
        given.bound("rv-1", ghost)


def test_staff_say_why() -> None:
    for reason in ("", "  "):
        with pytest.raises(ReasonMissing):
            bind(given.key_of("rv-1"), given.account(f"m{len(reason)}"), reason=reason)
    bind(given.key_of("rv-1"), given.account(), reason="showed her card")
    assert Change.objects.get().change_set.reason == "showed her card"


def test_a_conflict_ends_when_the_name_is_bound_after_all() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.bound("rv-1", mira)
    given.bound("rv-1", noah)
    [conflict] = list_conflicts(by=given.OPERATOR)
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=given.NOW, reason="not hers")
    assert [each.id for each in list_conflicts(by=given.OPERATOR)] == [conflict.id]
    assert given.bound("rv-1", noah).outcome is Outcome.BOUND
    assert list_conflicts(by=given.OPERATOR) == []
    with pytest.raises(UnknownConflict):
        resolve_conflict(
            conflict_id=conflict.id, rebind=True, by=given.OPERATOR, at=given.NOW, reason="x"
        )


class TestPermission:
    def test_a_sign_on_asserts_and_does_not_link(self) -> None:
        name, mira = given.key_of("rv-1"), given.account()
        with pytest.raises(PermissionMissing):
            bind(name, mira, by=given.MAIL, via=Via.STAFF)
        assert (
            bind(name, mira, by=given.sign_on(name.organization_id), via=Via.SIGN_ON).outcome
            is Outcome.BOUND
        )

    def test_support_links_and_does_not_assert(self) -> None:
        name, mira, by = given.key_of("rv-1"), given.account(), given.holder_of("support")
        for via in (Via.SIGN_ON, Via.VERIFIED_EMAIL):
            with pytest.raises(PermissionMissing):
                bind(name, mira, by=by, via=via)
        assert bind(name, mira, by=by).outcome is Outcome.BOUND

    @pytest.mark.parametrize("role", ["read", "write", "catalog"])
    def test_other_roles_do_neither(self, role: str) -> None:
        with pytest.raises(PermissionMissing):
            bind(given.key_of("rv-1"), given.account(), by=given.holder_of(role))

    def test_support_of_another_school_is_no_use(self) -> None:
        by = given.holder_of("support", school_key="LakeU")
        for name in (given.key_of("rv-1"), email_address("a@x.org")):
            with pytest.raises(PermissionMissing):
                bind(name, Account(pk=1), by=by, reason="")

    def test_addresses_are_for_support_of_everything(self) -> None:
        by = given.holder_of("support", school_key=None)
        assert bind(email_address("a@x.org"), given.account(), by=by).outcome is Outcome.BOUND
