"""Granting a run directly, to a name or to an account."""

from datetime import timedelta

import pytest

from matricula.lms.course_enrollments.api import (
    CourseEnrollment,
    DirectRow,
    write_direct_enrollments,
)
from matricula.lms.identities.api import (
    Identity,
    IdentityName,
    Kind,
    account_itself,
    email_address,
)
from matricula.lms.kernel.api import Judgement, WriteMode
from matricula.lms.ledger.api import Change
from matricula.lms.people.api import retire_account
from tests import given
from tests.lms.kernel.seeing import count_statements, read_all

pytestmark = pytest.mark.django_db

ADDRESS = email_address("Mira@Example.org")


def write(*rows: DirectRow, mode: WriteMode = WriteMode.UPSERT) -> list[Judgement]:
    at = given.NOW + timedelta(days=1)
    return write_direct_enrollments(rows=rows, mode=mode, by=given.OPERATOR, at=at)


def row(name: IdentityName, mode: str = "verified", *, is_active: bool = True) -> DirectRow:
    return DirectRow(2, name, given.course_run().pk, mode, is_active)


def stored() -> list[tuple[str, str, bool]]:
    found = CourseEnrollment.objects.values_list("identity__folded", "mode", "is_active")
    return sorted(found)


def test_a_run_is_granted_to_an_address_nobody_has_proven() -> None:
    [judged] = write(row(ADDRESS))
    assert (judged.action, judged.verdict, judged.reason) == ("create", "active", "")
    assert stored() == [("mira@example.org", "verified", True)]
    assert Identity.objects.get().value == "Mira@Example.org"


def test_to_a_student_key_and_to_an_account_too() -> None:
    mira = given.account()
    judged = write(row(given.key_of("rv-1")), row(account_itself(mira.uuid)))
    assert [judgement.action for judgement in judged] == ["create"] * 2
    own = Identity.objects.get(kind="account")
    assert (own.account_id, own.bound_via) == (mira.pk, "account")


@pytest.mark.parametrize(
    ("mode", "known", "unknown"),
    [
        (WriteMode.CREATE, "conflict", "active"),
        (WriteMode.UPDATE, "active", "not-found"),
        (WriteMode.UPSERT, "active", "active"),
    ],
)
def test_the_mode_says_what_may_happen(mode: WriteMode, known: str, unknown: str) -> None:
    given.granted(ADDRESS, run=given.course_run())
    judged = write(row(ADDRESS), row(email_address("noah@example.org")), mode=mode)
    assert [judgement.verdict for judgement in judged] == [known, unknown]


@pytest.mark.parametrize(
    ("wanted", "action", "left"),
    [
        (("", True), "unchanged", ("audit", True)),
        (("audit", True), "unchanged", ("audit", True)),
        (("verified", True), "update", ("verified", True)),
        (("", False), "update", ("audit", False)),
        (("verified", False), "update", ("verified", False)),
    ],
)
def test_a_grant_is_changed_as_far_as_it_differs(
    wanted: tuple[str, bool], action: str, left: tuple[str, bool]
) -> None:
    given.granted(ADDRESS, run=given.course_run(), grant_mode="audit")
    [judged] = write(row(ADDRESS, wanted[0], is_active=wanted[1]))
    assert judged.action == action
    assert stored() == [("mira@example.org", *left)]


def test_without_a_mode_a_new_grant_is_an_audit() -> None:
    write(row(ADDRESS, ""))
    assert stored() == [("mira@example.org", "audit", True)]


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        ([(" ", "verified")], ["invalid-key"]),
        ([("a\x00", "verified")], ["invalid-key"]),
        ([("a@x.org", "platinum")], ["invalid-mode"]),
        ([("a@x.org", "verified"), ("A@X.org", "platinum")], ["duplicated"] * 2),
        ([("a@x.org", "platinum"), ("b@x.org", "audit")], ["invalid-mode", "active"]),
    ],
)
def test_bad_rows_are_refused_one_by_one(rows: list[tuple[str, str]], verdicts: list[str]) -> None:
    judged = write(*(row(email_address(value), mode) for value, mode in rows))
    assert [judgement.verdict for judgement in judged] == verdicts
    assert all(judgement.reason for judgement in judged if judgement.action == "refuse")


@pytest.mark.parametrize("mode", WriteMode)
@pytest.mark.parametrize("run_id", [0, -1, 10**9, 2**70])
def test_an_unknown_run_is_refused_and_the_others_are_written(
    run_id: int, mode: WriteMode
) -> None:
    given.granted(ADDRESS, run=given.course_run())
    unknown = DirectRow(3, email_address("noah@example.org"), run_id, "audit", is_active=True)
    _, judged = write(row(ADDRESS), unknown, mode=mode)
    assert (judged.line, judged.action, judged.verdict) == (3, "refuse", "course-not-found")
    assert judged.reason == f"there is no course run {run_id}"
    assert [identity.value for identity in Identity.objects.all()] == ["Mira@Example.org"]


@pytest.mark.parametrize("count", [2, 600])
def test_unknown_runs_are_found_in_one_query(count: int) -> None:
    rows = [DirectRow(n, ADDRESS, 10**6 + n, "audit", is_active=True) for n in range(count)]
    assert count_statements(lambda: write(*rows)) == 1


@pytest.mark.parametrize(
    ("kind", "has_school"), [(Kind.STUDENT_KEY, False), (Kind.EMAIL, True), (Kind.ACCOUNT, True)]
)
def test_a_name_with_the_wrong_issuer_is_refused(kind: Kind, *, has_school: bool) -> None:
    name = IdentityName(kind, str(given.school().uuid), given.school().pk if has_school else None)
    [judged] = write(row(name))
    assert (judged.verdict, bool(judged.reason)) == ("invalid-key", True)
    assert stored() == []


def test_one_value_of_two_kinds_is_two_names() -> None:
    judged = write(row(given.key_of("a@x.org")), row(email_address("a@x.org")))
    assert [judgement.verdict for judgement in judged] == ["active"] * 2


@pytest.mark.parametrize("mode", [WriteMode.CREATE, WriteMode.UPSERT])
def test_an_account_that_is_none_gets_none(mode: WriteMode) -> None:
    mira = given.account()
    retire_account(account=mira, by=given.OPERATOR, at=given.NOW, reason="asked")
    [judged] = write(row(account_itself(mira.uuid)), mode=mode)
    assert (judged.verdict, judged.reason) == (
        "not-found",
        "there is no such account, or it is retired or merged",
    )
    [judged] = write(row(account_itself(given.school().uuid)), mode=mode)
    assert judged.verdict == "not-found"
    assert stored() == []


def test_an_update_makes_no_name() -> None:
    write(row(ADDRESS), mode=WriteMode.UPDATE)
    assert read_all()["identity"] == []


def test_grants_of_programs_are_not_touched() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    through = CourseEnrollment.objects.get()
    write(row(given.key_of("rv-1"), is_active=False))
    through.refresh_from_db()
    assert (through.is_active, CourseEnrollment.objects.count()) == (True, 2)


@pytest.mark.parametrize("count", [1, 600])
def test_writing_again_changes_nothing(count: int) -> None:
    rows = [row(email_address(f"s{n}@example.org")) for n in range(count)]
    write(*rows)
    changes = Change.objects.count()
    assert {judgement.action for judgement in write(*rows)} == {"unchanged"}
    assert Change.objects.count() == changes == 2 * count


def test_nothing_to_write_is_nothing_written() -> None:
    before = read_all()
    assert write() == []
    assert read_all() == before
