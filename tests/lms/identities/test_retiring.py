"""Retiring: no trace of the person's names is left, and everything counts as before."""

import re
from datetime import timedelta

import pytest
from django.test import override_settings

from matricula.lms.access.api import PermissionMissing, RoleAssignment
from matricula.lms.accounts.api import Account, NewAccount, create_accounts
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import (
    Identity,
    ReasonMissing,
    Retirement,
    account_itself,
    email_address,
    hash_name,
    list_conflicts,
    resolve_conflict,
    retire_account,
    unbind_identity,
)
from matricula.lms.integrity.api import check_integrity
from matricula.lms.ledger.api import Change, ChangeSet
from tests import given
from tests.lms.kernel.seeing import count_rows, look, read_all, run

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)
NAMES = [
    "Zoë.Quist",
    "Zoë Quist",
    "zq@example.org",
    "RV-Quist-77",
    "LK/quist",
    "quist+2@example.org",
]

TEXTS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public'
  AND data_type NOT IN ('integer', 'bigint', 'boolean', 'numeric', 'smallint', 'uuid')
"""


def list_places_of(*words: str) -> list[str]:
    """Name every column of any table in which one of the words stands, in any letter case."""
    return [
        f"{table}.{column}: {word}"
        for table, column in look(TEXTS)
        for word in words
        if look(
            f"SELECT 1 FROM {table} WHERE strpos(lower({column}::text), lower(%s)) > 0 LIMIT 1",
            word,
        )
    ]


@pytest.fixture
def program() -> ProgramOutline:
    made = given.program(runs=[given.course_run()])
    given.enrolled("RV-Quist-77", "rv-other", program=made)
    given.on_course("RV-Quist-77", program=made, run=given.course_run(), course_staff="true")
    return made


@pytest.fixture
def quist(program: ProgramOutline) -> Account:
    """Somebody with names of every kind, one waiting, mentioned in reasons and a conflict."""
    new = NewAccount(
        username="Zoë.Quist", email="ZQ@example.org", name="Zoë Quist", password="correct horse 9"
    )
    [made] = create_accounts(accounts=[new], at=given.NOW)
    given.bound("rv-quist-77", made)
    given.bound("LK/Quist", made, school_key="LakeU")
    given.bound(email_address("quist+2@example.org"), made)
    given.granted(email_address("zq@EXAMPLE.org"), run=given.course_run())
    given.granted(account_itself(made.uuid), run=given.course_run())
    given.bound("rv-quist-77", given.account("omar"))
    [conflict] = list_conflicts(by=given.OPERATOR)
    reason = "RV-Quist-77 is Zoë.Quist's (zq@example.org), Zoë Quist called"
    resolve_conflict(
        conflict_id=conflict.id, rebind=False, by=given.OPERATOR, at=given.NOW, reason=reason
    )
    given.bound("rv-quist-77", given.account("noah"))
    RoleAssignment.objects.create(account=made, role="read", organization=given.school())
    return made


def retire(account: Account) -> Retirement:
    return retire_account(account=account, by=given.OPERATOR, at=LATER, reason="asked to")


def test_no_column_of_any_table_has_a_name_afterwards(quist: Account) -> None:
    assert {place.split(":")[0] for place in list_places_of(*NAMES)} >= {
        "account.username",
        "account.email",
        "account.name",
        "identity.value",
        "identity.folded",
        "change.after",
        "change_set.reason",
        "binding_conflict.resolution",
    }
    assert retire(quist) == Retirement(identities=5, roles=1, conflicts=1)
    assert list_places_of(*NAMES) == []


def test_neither_has_its_reason(quist: Account) -> None:
    retire_account(
        account=quist, by=given.OPERATOR, at=LATER, reason="Zoë.Quist, zq@example.org, wrote"
    )
    assert list_places_of(*NAMES) == []


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
    quist: Account, program: ProgramOutline
) -> None:
    retire(quist)
    [judged] = given.enrolled("RV-Quist-77", program=program)
    assert judged.action == "create"
    found = Identity.objects.get(value="RV-Quist-77")
    assert (found.account_id, found.retired_at) == (None, None)


def test_that_person_can_be_retired_too(quist: Account, program: ProgramOutline) -> None:
    retire(quist)
    given.enrolled("RV-Quist-77", program=program)
    [again] = create_accounts(
        accounts=[NewAccount(username="Zoë.Quist", email="zq@example.org")], at=LATER
    )
    given.bound("rv-quist-77", again)
    assert retire(again).identities == 1
    assert list_places_of(*NAMES) == []
    hashed = hash_name("student_key", program.organization_id, "rv-quist-77")
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
    assert retire(given.account()) == Retirement()
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


def test_the_walk_over_all_columns_finds_a_word_anywhere() -> None:
    run("INSERT INTO course (key, title) VALUES ('planted', 'A Quirk of the Walk')")
    assert list_places_of("quirk") == ["course.title: quirk"]
