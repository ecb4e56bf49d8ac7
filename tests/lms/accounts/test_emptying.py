"""What remains of an account whose person is retired."""

import pytest
from django.db import OperationalError, connection, transaction

from matricula.lms.accounts.api import (
    NewAccount,
    UnknownAccount,
    create_accounts,
    empty_account,
    lock_account,
)
from tests import given

pytestmark = pytest.mark.django_db


def test_nothing_of_the_person_remains() -> None:
    new = NewAccount(
        username="mira",
        email="mira@example.org",
        password="correct horse 9",
        name="Mira",
        is_staff=True,
    )
    [mira] = create_accounts(accounts=[new], at=given.NOW)
    uuid = mira.uuid
    empty_account(account_id=mira.pk, placeholder="gone_1", at=given.NOW)
    mira.refresh_from_db()
    assert (mira.username, mira.email, mira.name, mira.uuid) == ("gone_1", "", "", uuid)
    assert (mira.is_active, mira.is_staff, mira.is_superuser) == (False, False, False)
    assert (mira.last_login, mira.retired_at) == (None, given.NOW)
    assert not mira.has_usable_password()


def test_others_stay_as_they_are() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    empty_account(account_id=mira.pk, placeholder="gone_1", at=given.NOW)
    noah.refresh_from_db()
    assert (noah.username, noah.is_active) == ("noah", True)


@pytest.mark.django_db(transaction=True)
def test_a_locked_account_is_not_written_by_others_meanwhile() -> None:
    mira = given.account("mira")
    other = connection.copy()
    try:
        with transaction.atomic():
            assert lock_account(account_id=mira.pk) == mira
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
                with pytest.raises(OperationalError, match="lock timeout"):
                    cursor.execute("UPDATE account SET name = 'x'")
    finally:
        other.close()


def test_an_account_that_is_none_is_refused() -> None:
    with transaction.atomic(), pytest.raises(UnknownAccount, match="no account 1000000000"):
        lock_account(account_id=10**9)
