"""Addresses that are verified twice at once, by one account or by two, or while a roster comes."""

from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from matricula.lms.accounts.api import (
    Account,
    InvalidAccount,
    NewAccount,
    UsernameTaken,
    create_accounts,
)
from matricula.lms.addresses.api import AddressProof, Answer, verify_address
from matricula.lms.identities.api import BindingConflict, Identity, email_address
from tests import given
from tests.races.running import Running, at_once, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

SHARED = "shared@example.org"


def wanting(username: str, email: str = SHARED) -> EmailAddress:
    account = given.account(username, email=email)
    return EmailAddress.objects.create(user=account, email=email, primary=True)


def verified(address: EmailAddress) -> Answer | None:
    return verify_address(
        address_id=address.pk, account_id=address.user_id, by=given.MAIL, at=given.NOW
    )


def holder() -> int | None:
    return Identity.objects.get(kind="email", folded=SHARED).account_id


def test_one_link_in_two_tabs_is_one_proof_and_one_binding() -> None:
    address = wanting("mira")
    with no_deadlocks():
        assert at_once(*[partial(verified, address)] * 4) == [Answer.BOUND] * 4
    assert AddressProof.objects.count() == 1
    assert holder() == address.user_id
    require_whole()


def test_two_accounts_that_prove_one_address_are_one_holder_and_one_conflict() -> None:
    addresses = [wanting("first"), wanting("second")]
    with no_deadlocks():
        answers = at_once(*[partial(verified, address) for address in addresses])
    assert sorted(str(answer) for answer in answers) == ["bound", "refused"]
    winner = addresses[answers.index(Answer.BOUND)]
    assert holder() == winner.user_id
    assert BindingConflict.objects.get().holder_id == winner.user_id
    assert list(EmailAddress.objects.filter(verified=True)) == [winner]
    require_whole()


def test_the_second_waits_for_the_first_and_is_told_the_truth() -> None:
    addresses = [wanting("first"), wanting("second")]
    first = Running(partial(verified, addresses[0]), before_commit=True)
    second = Running(partial(verified, addresses[1]))
    second.must_wait()
    assert first.result() is Answer.BOUND
    assert second.result() is Answer.REFUSED
    require_whole()


def test_what_a_roster_writes_meanwhile_is_not_lost() -> None:
    address = wanting("mira")
    run = given.course_run()
    with no_deadlocks():
        roster = Running(partial(given.direct, email_address(SHARED), run=run), before_commit=True)
        proof = Running(partial(verified, address))
        proof.must_wait()
        roster.result()
        assert proof.result() is Answer.BOUND
    assert holder() == address.user_id
    require_whole()


def test_a_name_taken_twice_at_once_is_one_account() -> None:
    def made() -> str:
        wanted = NewAccount(username="mira", email=SHARED)
        try:
            return create_accounts(accounts=[wanted], at=given.NOW)[0].username
        except (InvalidAccount, UsernameTaken) as refusal:
            return refusal.code

    given.school()
    assert sorted(at_once(made, made, made)) == ["mira", "username-taken", "username-taken"]
    assert Account.objects.count() == 1
    connection.close()
