"""Retiring: whoever is retired is nobody any more, and everything counts as before."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.test import override_settings

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import (
    Identity,
    ReasonMissing,
    email_address,
    hash_name,
    unbind_identity,
)
from matricula.lms.integrity.api import check_integrity
from matricula.lms.ledger.api import Change, ChangeSet
from matricula.lms.people.api import (
    AccountMerged,
    Erased,
    Retirement,
    retire_account,
)
from tests import given
from tests.calling import calling_as
from tests.lms.kernel.seeing import count_rows, read_all
from tests.lms.people.leaving_traces import NAMES
from tests.lms.people.walking import list_places_of
from tests.lms.rest.enrollment_v2.asking import V2

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


def retire(account: Account) -> Retirement:
    return retire_account(account=account, by=given.OPERATOR, at=LATER, reason="asked to")


def test_counts_and_history_survive(quist: Account) -> None:
    before, changes = count_rows(), Change.objects.count()
    tables = ("program_enrollment", "course_enrollment", "course_role", "grade")
    rows = {table: read_all()[table] for table in tables}
    retire(quist)
    after = count_rows()
    assert {table: count for table, count in after.items() if count != before[table]} == {
        "change": changes + 5,
        "change_set": before["change_set"] + 1,
        "role_assignment": 0,
    }
    assert {table: read_all()[table] for table in tables} == rows
    assert [finding for finding in check_integrity(by=given.OPERATOR) if finding.count] == []


def test_names_are_replaced_by_their_hash_and_unbound(quist: Account) -> None:
    names = {identity.pk: identity for identity in Identity.objects.exclude(value="rv-other")}
    retire(quist)
    for identity in Identity.objects.filter(pk__in=names):
        old = names[identity.pk]
        assert identity.value == hash_name(old.kind, old.organization_id, old.folded)
        assert identity.folded == f"{identity.value}#{identity.pk}"
        assert re.fullmatch("retired_[0-9a-f]{64}", identity.value)
        assert (identity.account_id, identity.retired_at) == (None, LATER)
    assert Identity.objects.get(value="rv-other").retired_at is None


def test_the_account_is_empty(quist: Account) -> None:
    retire(quist)
    quist.refresh_from_db()
    assert re.fullmatch(f"retired_[0-9a-f]{{32}}_{quist.pk}", quist.username)
    assert (quist.email, quist.name, quist.is_active) == ("", "", False)
    assert quist.retired_at == LATER
    assert not quist.has_usable_password()


def test_twice_changes_nothing(quist: Account) -> None:
    retire(quist)
    before = read_all()
    assert retire(quist) == Retirement()
    after = read_all()
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= {"change_set"}


def test_a_hash_is_stable_and_tells_issuers_apart() -> None:
    assert hash_name("email", None, "a") == hash_name("email", None, "a")
    assert (
        len(
            {
                hash_name("email", None, "a"),
                hash_name("student_key", 1, "a"),
                hash_name("student_key", 2, "a"),
            }
        )
        == 3
    )


def test_a_hash_is_keyed() -> None:
    plain = hash_name("email", None, "a")
    with override_settings(RETIREMENT_KEY="another"):
        assert hash_name("email", None, "a") != plain


def test_the_key_in_a_new_roster_is_a_new_name_that_waits(
    quist: Account, hydrology: ProgramOutline
) -> None:
    retire(quist)
    [judged] = given.enrolled("RV-Quist-77", program=hydrology)
    assert judged.action == "create"
    found = Identity.objects.get(value="RV-Quist-77")
    assert (found.account_id, found.retired_at) == (None, None)


def test_that_person_can_be_retired_too(quist: Account, hydrology: ProgramOutline) -> None:
    retire(quist)
    given.enrolled("RV-Quist-77", program=hydrology)
    [again] = create_accounts(
        accounts=[NewAccount(username="Zoë.Quist", email="zq@example.org")], at=LATER
    )
    given.bound("rv-quist-77", again)
    assert retire(again).erased.identities == 1
    assert list_places_of(*NAMES) == []
    hashed = hash_name("student_key", hydrology.organization_id, "rv-quist-77")
    assert Identity.objects.filter(value=hashed).count() == 2
    assert [finding for finding in check_integrity(by=given.OPERATOR) if finding.count] == []


def test_names_the_person_once_had_stay_whose_they_are_now(quist: Account) -> None:
    omar = Account.objects.get(username="omar")
    unbind_identity(
        name=given.key_of("lk/quist", school_key="LakeU"),
        by=given.OPERATOR,
        at=given.NOW,
        reason="mixed up",
    )
    given.bound("LK/Quist", omar, school_key="LakeU")
    retire(quist)
    assert Identity.objects.get(folded="lk/quist").account_id == omar.pk


def test_the_waiting_address_of_somebody_else_stays(quist: Account) -> None:
    given.granted(email_address("zq@example.com"), run=given.course_run())
    retire(quist)
    assert Identity.objects.filter(value="zq@example.com").count() == 1


def test_an_address_proven_by_another_account_stays_theirs() -> None:
    mira, noah = given.account("mira", email="shared@example.org"), given.account("noah")
    given.bound(email_address("shared@example.org"), noah)
    retire(mira)
    assert Identity.objects.get(kind="email").account_id == noah.pk


def test_an_account_without_names_is_retired_too() -> None:
    assert retire(given.account()).erased == Erased(accounts=1)
    assert Account.objects.get().retired_at == LATER


def test_a_reason_is_needed(quist: Account) -> None:
    before = read_all()
    with pytest.raises(ReasonMissing):
        retire_account(account=quist, by=given.OPERATOR, at=LATER, reason=" ")
    assert read_all() == before


@pytest.mark.parametrize(("role", "school_key"), [("write", None), ("support", "RiverU")])
def test_only_support_of_everything_may(role: str, school_key: str | None, quist: Account) -> None:
    by = given.holder_of(role, school_key=school_key)
    before = read_all()
    with pytest.raises(PermissionMissing):
        retire_account(account=quist, by=by, at=LATER, reason="asked")
    assert read_all() == before
    everywhere = given.holder_of("support", school_key=None, username="all")
    retire_account(account=quist, by=everywhere, at=LATER, reason="asked")
    assert ChangeSet.objects.order_by("-pk")[0].actor == everywhere.name


def test_whoever_is_signed_in_is_out(quist: Account) -> None:
    browser, caller = Browser(), calling_as(quist)
    browser.force_login(quist, backend="django.contrib.auth.backends.ModelBackend")
    assert caller.get(V2 + "me").status_code == 200
    retire(quist)
    assert caller.get(V2 + "me").status_code == 401
    assert browser.get(V2 + "me").status_code == 401
    assert not Session.objects.exists()


def test_what_was_kept_is_told(quist: Account) -> None:
    kept = {each.what: each.count for each in retire(quist).kept}
    assert kept == {
        "program_enrollments": 1,
        "course_enrollments": 3,
        "course_roles": 1,
        "grades": 0,
    }


def test_an_account_that_was_merged_into_it_is_erased_too(quist: Account) -> None:
    other = given.account("zoe.quist.2", email="zoe.other@example.org")
    given.merged(other, quist)
    assert retire(quist).erased.accounts == 2
    assert list_places_of("zoe.quist.2", "zoe.other@example.org") == []
    other.refresh_from_db()
    assert other.retired_at == LATER
    assert [finding for finding in check_integrity(by=given.OPERATOR) if finding.count] == []


def test_by_the_account_that_was_merged_nobody_is_retired(quist: Account) -> None:
    other = given.account("zoe.quist.2")
    given.merged(other, quist)
    with pytest.raises(AccountMerged):
        retire(other)
    assert Account.objects.filter(retired_at=None, pk=quist.pk).exists()
