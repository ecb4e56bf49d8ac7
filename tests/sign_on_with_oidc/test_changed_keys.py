"""A school calls the same person by another key: what follows is its own rule."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity, Rekeying
from matricula.lms.sign_on.api import migrate_keys
from matricula.lms.sign_on.models import Assertion, OnChangedKey, Settlement
from tests import given
from tests.signing_on import InsideBrowser, provider

pytestmark = pytest.mark.django_db


def holders() -> dict[str, str | None]:
    return {
        each.value: each.account.username if each.account else None
        for each in Identity.objects.select_related("account")
    }


def signed_in_with_an_old_key(issuer: str, rule: OnChangedKey) -> None:
    """Mira's school called her old-7 when she first came, by another claim."""
    made = provider(issuer=issuer, on_changed_key=rule, key_claim="preferred_username")
    InsideBrowser().sign_in("s-mira")
    made.key_claim = "student_id"
    made.save()


def test_by_default_a_changed_key_is_left_to_support(issuer: str) -> None:
    signed_in_with_an_old_key(issuer, OnChangedKey.REFUSE)

    InsideBrowser().sign_in("s-mira")

    assert holders() == {"mira": "mira"}
    assert Assertion.objects.get().settlement == Settlement.CHANGED


def test_once_support_has_linked_the_new_key_it_is_accepted(issuer: str) -> None:
    signed_in_with_an_old_key(issuer, OnChangedKey.REFUSE)
    given.bound("rv:0007/ä", Account.objects.get())

    InsideBrowser().sign_in("s-mira")

    assert Assertion.objects.get().settlement == Settlement.BOUND


def test_a_school_may_have_both_kept(issuer: str) -> None:
    signed_in_with_an_old_key(issuer, OnChangedKey.KEEP_BOTH)

    InsideBrowser().sign_in("s-mira")

    assert holders() == {"mira": "mira", "rv:0007/ä": "mira"}


def test_a_school_may_have_the_old_one_wait_again(issuer: str) -> None:
    signed_in_with_an_old_key(issuer, OnChangedKey.MOVE)

    InsideBrowser().sign_in("s-mira")

    assert holders() == {"mira": None, "rv:0007/ä": "mira"}


def test_after_a_migration_the_new_key_is_no_change(issuer: str) -> None:
    signed_in_with_an_old_key(issuer, OnChangedKey.REFUSE)
    migrate_keys(
        organization_id=given.school().pk,
        pairs=[Rekeying("mira", "rv:0007/ä")],
        by=given.OPERATOR,
        at=given.NOW,
        reason="new system",
    )

    InsideBrowser().sign_in("s-mira")

    assert holders() == {"rv:0007/ä": "mira"}
    assert Assertion.objects.get().settlement == Settlement.BOUND
