from datetime import timedelta
from unittest.mock import patch

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import Identity, rebind_identity, unbind_identity
from matricula.lms.ledger.api import Change
from matricula.lms.sign_on import settling
from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.models import Assertion, OnChangedKey, Provider, Settlement
from matricula.lms.sign_on.settling import (
    LEFT_ALONE,
    settle_assertion,
    settle_left_ones,
    try_to_settle,
)
from matricula.lms.sign_on.signing_in import sign_in, speak_for
from matricula.lms.sign_on.tasks import settle, sweep
from tests import given
from tests.signing_on import provider

pytestmark = pytest.mark.django_db


def come(made: Provider, *, subject: str = "s", key: str | None = "rv-1") -> int:
    entry = sign_in(
        provider=made,
        asserted=Asserted(subject=subject, student_key=key, username=subject),
        joining=None,
        by=speak_for(made),
        at=given.NOW,
    )
    return int(entry.social_account.pk)


def settled(social_account_id: int) -> Settlement:
    return settle_assertion(social_account_id=social_account_id, at=given.NOW)


def test_what_is_asserted_is_bound_in_the_name_of_the_school() -> None:
    made = provider()

    assert settled(come(made)) is Settlement.BOUND

    assert Identity.objects.get().account == Account.objects.get()
    change_set = Change.objects.get(subject="identity").change_set
    assert (change_set.actor, change_set.channel) == ("sign-on:riveru", "sign-on")


def test_settling_again_does_nothing() -> None:
    social = come(provider())
    settled(social)
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=given.NOW, reason="no")

    assert settled(social) is Settlement.BOUND
    assert Identity.objects.get().account is None


def test_what_breaks_is_rolled_back_counted_and_answered() -> None:
    social = come(provider())

    with patch.object(settling, "find_bound_id", side_effect=RuntimeError("broken")):
        answer = try_to_settle(social_account_id=social, at=given.NOW)

    assert answer is Settlement.UNSETTLED
    assert not Identity.objects.exists()
    assertion = Assertion.objects.get()
    assert (assertion.settlement, assertion.tries) == (Settlement.UNSETTLED, 1)


def test_the_sweep_takes_what_is_left_and_leaves_what_is_new() -> None:
    made = provider()
    come(made)

    assert settle_left_ones(at=given.NOW + LEFT_ALONE) == 0
    assert settle_left_ones(at=given.NOW + LEFT_ALONE + timedelta(seconds=1)) == 1
    assert Assertion.objects.get().settlement == Settlement.BOUND


def test_one_that_breaks_holds_up_no_other() -> None:
    made = provider()
    bad, good = come(made, subject="bad", key="rv-1"), come(made, subject="good", key="rv-2")
    ordinary = settling.settle_assertion

    def break_one(**words: object) -> Settlement:
        if words["social_account_id"] == bad:
            raise RuntimeError("broken")
        return ordinary(**words)  # type: ignore[arg-type]  # as it came

    with patch.object(settling, "settle_assertion", side_effect=break_one):
        assert settle_left_ones(at=given.NOW + 2 * LEFT_ALONE) == 1

    assert Assertion.objects.get(pk=good).settlement == Settlement.BOUND


def test_workers_settle_and_sweep() -> None:
    made = provider()
    settle(social_account_id=come(made))
    other = come(made, subject="other", key="rv-2")
    Assertion.objects.filter(pk=other).update(asserted_at=given.NOW - timedelta(days=9000))
    sweep(timestamp=0)

    assert set(Assertion.objects.values_list("settlement", flat=True)) == {Settlement.BOUND}


def test_an_inactive_account_takes_nothing_until_it_is_active() -> None:
    social = come(provider())
    Account.objects.update(is_active=False)

    assert settled(social) is Settlement.UNSETTLED
    assert settle_left_ones(at=given.NOW + 2 * LEFT_ALONE) == 0
    assert not Identity.objects.exists()


def test_an_assertion_that_is_gone_is_no_trouble() -> None:
    assert settled(0) is Settlement.NO_KEY


def test_what_staff_linked_is_not_let_go_when_a_key_changes() -> None:
    made = provider(on_changed_key=OnChangedKey.MOVE)
    social = come(made, key="old")
    settled(social)
    mira = Account.objects.get()
    unbind_identity(name=given.key_of("old"), by=given.OPERATOR, at=given.NOW, reason="no")
    rebind_identity(
        name=given.key_of("old"),
        account_id=mira.pk,
        by=given.OPERATOR,
        at=given.NOW,
        reason="by hand",
    )
    come(made, key="new")

    assert settled(social) is Settlement.BOUND
    assert Identity.objects.filter(account=mira).count() == 2
