"""Whoever shows a token is known, with the roles they hold at that moment."""

from datetime import UTC, datetime

import pytest

from matricula.lms.access.api import take_role
from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import BadToken, create_client, recognize_caller, sign_token
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


def token_of(account: Account) -> str:
    return sign_token(account=account, at=datetime.now(UTC)).text


def test_a_token_speaks_for_its_account() -> None:
    mira = given.account("mira")
    caller = recognize_caller(token=token_of(mira), at=given.NOW)
    stored = Account.objects.get(pk=mira.pk)
    assert vars(caller.account) | {"_state": None} == vars(stored) | {"_state": None}
    assert (caller.is_trusted, caller.roles) == (False, ())


def test_roles_come_with_it_in_one_statement() -> None:
    mira, river = given.account("mira"), given.school()
    token = token_of(mira)
    recognize_caller(token=token, at=given.NOW)
    given.with_role("write", mira, school_key="RiverU")
    given.with_role("support", mira, school_key=None)
    assert count_statements(lambda: recognize_caller(token=token, at=given.NOW)) == 1
    caller = recognize_caller(token=token, at=given.NOW)
    assert caller.roles == (("write", river.pk), ("support", None))


def test_a_role_that_is_taken_away_is_gone_at_the_next_call() -> None:
    mira, river = given.account("mira"), given.school()
    given.with_role("write", mira, school_key="RiverU")
    token = token_of(mira)
    assert recognize_caller(token=token, at=given.NOW).roles == (("write", river.pk),)
    take_role(account_id=mira.pk, role="write", organization_id=river.pk, by=given.OPERATOR)
    assert recognize_caller(token=token, at=given.NOW).roles == ()


def test_a_client_is_known_by_its_own_account_alone() -> None:
    made = create_client(
        name="Registrar",
        roles=[],
        organization_id=None,
        is_trusted=True,
        by=given.OPERATOR,
        at=given.NOW,
    )
    account = Account.objects.get(username=made.username)
    token = token_of(account)
    assert recognize_caller(token=token, at=given.NOW).is_trusted
    account.client.user = given.account("mira")
    account.client.save()
    with pytest.raises(BadToken):
        recognize_caller(token=token, at=given.NOW)


def test_a_closed_account_is_nobody() -> None:
    mira = given.account("mira")
    token = token_of(mira)
    Account.objects.filter(pk=mira.pk).update(is_active=False)
    with pytest.raises(BadToken):
        recognize_caller(token=token, at=given.NOW)
