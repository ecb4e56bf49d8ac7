"""Emptying and closing accounts: what remains of one whose person is retired, or has another."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import Q

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


def close_merged_account(*, account_id: int, into_id: int) -> None:
    """Close an account because its person goes on with another one, and keep which that is.

    Within the caller's transaction, which holds both rows.
    """
    Account.objects.filter(pk=account_id).update(
        merged_into=into_id,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        password=make_password(None),
    )


def lock_accounts(*, account_ids: Collection[int]) -> list[Account]:
    """Return the accounts with their rows locked until the transaction ends, by ascending id.

    Nobody can even point to them meanwhile: who writes something new for one waits, and then sees
    what became of it. Unknown ids are left out.
    """
    return list(Account.objects.select_for_update().filter(pk__in=account_ids).order_by("pk"))


def lock_person(*, account_id: int) -> list[Account]:
    """Return an account and those that were merged into it, locked until the transaction ends."""
    either = Q(pk=account_id) | Q(merged_into=account_id)
    ids = set(Account.objects.filter(either).values_list("pk", flat=True))
    while True:
        found = Account.objects.select_for_update(no_key=True).filter(pk__in=ids)
        locked = list(found.order_by("pk"))
        more = set(Account.objects.filter(either).values_list("pk", flat=True))
        if more <= ids:  # none can be merged into an account that is locked
            return locked
        ids |= more


def lock_account(*, account_id: int) -> Account:
    """Return the account with its row locked until the transaction ends.

    Raises:
        UnknownAccount: there is none.
    """
    found = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if found is None:
        raise UnknownAccount(f"There is no account {account_id}.")
    return found
