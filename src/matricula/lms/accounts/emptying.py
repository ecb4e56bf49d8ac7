"""Emptying an account: what remains of it once its person is retired."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from matricula.lms.accounts.models import Account
from matricula.lms.accounts.reading import UnknownAccount


def empty_account(*, account_id: int, placeholder: str, at: datetime) -> None:
    """Take name, address and password from an account and leave it as ``placeholder``.

    Within the caller's transaction, which holds the account's row.
    """
    Account.objects.filter(pk=account_id).update(
        username=placeholder,
        email="",
        name="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
        retired_at=at,
    )


def close_account(*, account_id: int) -> None:
    """Let nobody use an account any more; what it has done stays its own."""
    Account.objects.filter(pk=account_id).update(is_active=False, password=make_password(None))


def lock_account(*, account_id: int) -> Account:
    """Return the account with its row locked until the transaction ends.

    Raises:
        UnknownAccount: there is none.
    """
    found = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if found is None:
        raise UnknownAccount(f"There is no account {account_id}.")
    return found
