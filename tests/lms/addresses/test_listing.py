"""An account's addresses, and what each means for it."""

import pytest
from allauth.account.models import EmailAddress

from matricula.lms.access.api import PermissionMissing
from matricula.lms.addresses.api import (
    Standing,
    holds_own_address,
    keep_own_address,
    list_addresses,
)
from matricula.lms.identities.api import email_address
from tests import given

pytestmark = pytest.mark.django_db


def test_each_says_what_it_holds_and_the_primary_one_comes_first() -> None:
    mira = given.account("mira", email="z@example.org")
    given.bound(email_address("b@example.org"), mira)
    given.bound(email_address("c@example.org"), given.account("other"))
    for email, is_verified in (("a", False), ("b", False), ("c", True)):
        EmailAddress.objects.create(user=mira, email=f"{email}@example.org", verified=is_verified)
    keep_own_address(account=mira, at=given.NOW)
    found = list_addresses(account_id=mira.pk, by=given.acting(mira))
    assert [(each.email[0], each.is_primary, each.standing) for each in found] == [
        ("z", True, Standing.UNPROVEN),
        ("a", False, Standing.UNPROVEN),
        ("b", False, Standing.HELD),
        ("c", False, Standing.ELSEWHERE),
    ]


def test_they_are_for_the_account_itself_and_for_support() -> None:
    mira, vera, support = given.account("mira"), given.account("vera"), given.account("support")
    given.with_role("write", vera)
    given.with_role("support", support, school_key=None)
    with pytest.raises(PermissionMissing):
        list_addresses(account_id=mira.pk, by=given.acting(vera))
    assert list_addresses(account_id=mira.pk, by=given.acting(support)) == []


def test_what_a_school_has_proven_is_coming_until_it_is_bound() -> None:
    mira = given.account("mira", email="z@example.org")
    EmailAddress.objects.create(user=mira, email="a@example.org", verified=True)
    (found,) = list_addresses(account_id=mira.pk, by=given.acting(mira))
    assert found.standing is Standing.COMING


def test_an_address_that_the_operator_knows_to_be_theirs_is_kept_as_verified() -> None:
    mira = given.account("mira", email="Mira@Example.org")
    given.bound(email_address("mira@example.org"), mira)
    keep_own_address(account=mira, at=given.NOW)
    keep_own_address(account=mira, at=given.NOW)
    address = EmailAddress.objects.get(user=mira)
    assert (address.email, address.verified, address.primary) == ("mira@example.org", True, True)
    assert holds_own_address(account=mira)


def test_an_account_without_one_has_proven_none() -> None:
    mira = given.account("mira")
    mira.email = ""
    keep_own_address(account=mira, at=given.NOW)
    assert not holds_own_address(account=mira)
    assert not EmailAddress.objects.exists()
