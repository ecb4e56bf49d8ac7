"""Refused bindings are kept for staff to see."""

from datetime import timedelta

import pytest

from matricula.lms.identities.api import (
    BindingConflict,
    email_address,
    list_conflicts,
    rebind_identity,
    resolve_conflict,
)
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=1)


def quarrel(value: str, *, school_key: str = "RiverU", claimant: str = "noah") -> None:
    """Mira holds the key and another account claims it."""
    holder = given.account(f"mira-{value}-{school_key}")
    given.bound(value, holder, school_key=school_key)
    given.bound(value, given.account(f"{claimant}-{value}-{school_key}"), school_key=school_key)


def test_a_conflict_names_both_sides() -> None:
    quarrel("rv-1")
    [found] = list_conflicts(by=given.OPERATOR)
    assert (found.kind, found.organization, found.value) == ("student_key", "RiverU", "rv-1")
    assert (found.holder, found.claimant) == ("mira-rv-1-RiverU", "noah-rv-1-RiverU")
    assert (found.via, found.attempts) == ("sign_on", 1)
    assert (found.first_at, found.last_at) == (given.NOW, given.NOW)


def test_a_claim_that_is_tried_again_counts_up() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.bound("rv-1", mira)
    given.bound("rv-1", noah)
    given.bound("RV-1", noah, at=LATER)
    [found] = list_conflicts(by=given.OPERATOR)
    assert (found.attempts, found.first_at, found.last_at) == (2, given.NOW, LATER)


def test_each_claimant_has_a_conflict() -> None:
    mira, noah, omar = (given.account(name) for name in ("mira", "noah", "omar"))
    given.bound("rv-1", mira)
    given.bound("rv-1", noah)
    given.bound("rv-1", omar)
    assert [each.claimant for each in list_conflicts(by=given.OPERATOR)] == ["noah", "omar"]


def test_an_attempt_after_a_moved_name_names_the_new_holder() -> None:
    mira, noah, omar = (given.account(name) for name in ("mira", "noah", "omar"))
    given.bound("rv-1", mira)
    given.bound("rv-1", noah)
    name = given.key_of("rv-1")
    rebind_identity(name=name, account_id=omar.pk, by=given.OPERATOR, at=given.NOW, reason="his")
    given.bound("rv-1", noah)
    [found] = list_conflicts(by=given.OPERATOR)
    assert (found.holder, found.claimant) == ("omar", "noah")


def test_a_resolved_one_may_arise_again() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.bound("rv-1", mira)
    given.bound("rv-1", noah)
    [first] = list_conflicts(by=given.OPERATOR)
    resolve_conflict(
        conflict_id=first.id, rebind=False, by=given.OPERATOR, at=given.NOW, reason="hers"
    )
    given.bound("rv-1", noah)
    [second] = list_conflicts(by=given.OPERATOR)
    assert (second.attempts, BindingConflict.objects.count()) == (1, 2)


def test_a_page_begins_after_a_conflict() -> None:
    for value in ("rv-1", "rv-2", "rv-3"):
        quarrel(value)
    first, second, third = list_conflicts(by=given.OPERATOR)
    assert list_conflicts(by=given.OPERATOR, limit=2) == [first, second]
    assert list_conflicts(by=given.OPERATOR, after=second.id, limit=2) == [third]


def test_support_sees_those_of_its_schools() -> None:
    quarrel("rv-1")
    quarrel("lk-1", school_key="LakeU")
    given.bound(email_address("a@x.org"), given.account("one"))
    given.bound(email_address("a@x.org"), given.account("two"))

    def values(school_key: str | None, username: str, role: str = "support") -> list[str]:
        by = given.holder_of(role, school_key=school_key, username=username)
        return sorted(each.value for each in list_conflicts(by=by))

    assert values("RiverU", "a") == ["rv-1"]
    assert values("LakeU", "b") == ["lk-1"]
    assert values(None, "c") == ["a@x.org", "lk-1", "rv-1"]
    assert values("RiverU", "d", role="write") == []


def test_listing_takes_as_many_statements_however_many_there_are() -> None:
    quarrel("rv-0")
    few = count_statements(lambda: list_conflicts(by=given.OPERATOR))
    for n in range(1, 5):
        quarrel(f"rv-{n}")
    assert count_statements(lambda: list_conflicts(by=given.OPERATOR)) == few <= 6
