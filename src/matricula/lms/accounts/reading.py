"""Finding accounts."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from matricula.lms.accounts.models import Account
from matricula.lms.kernel.api import UNSTORABLE, NotFound


class UnknownAccount(NotFound):
    """No account has that username, or that id."""

    code = "account-not-found"


def get_account(*, username: str) -> Account:
    """Return the account of that username, letter case and Unicode composition ignored.

    Raises:
        UnknownAccount: there is none.
    """
    found = None
    if not UNSTORABLE.search(username):
        folded = Lower(Value(Account.normalize_username(username).strip()))
        found = Account.objects.alias(lowered=Lower("username")).filter(lowered=folded).first()
    if found is None:
        message = _("There is no account %(username)r.") % {"username": username}
        raise UnknownAccount(message)
    return found


def find_account(*, uuid: str) -> Account | None:
    """Return the account of that uuid, or None."""
    return Account.objects.filter(uuid=uuid).first()


def list_merged_accounts(*, account_id: int) -> list[int]:
    """Return the ids of the accounts that were merged into one, in ascending order."""
    found = Account.objects.filter(merged_into=account_id).order_by("pk")
    return list(found.values_list("pk", flat=True))


def map_usernames(*, account_ids: Iterable[int]) -> dict[int, str]:
    """Return usernames by account id."""
    found = Account.objects.filter(pk__in=set(account_ids))
    return dict(found.values_list("pk", "username"))


def map_account_ids(*, usernames: Iterable[str]) -> dict[str, int]:
    """Return account ids by username as given, found as ``get_account`` does, in one query.

    Usernames that no account has are left out.
    """
    lowered_of = {
        username: Account.normalize_username(username).strip().lower()
        for username in usernames
        if not UNSTORABLE.search(username)
    }
    found = dict(
        Account.objects.annotate(lowered=Lower("username"))
        .filter(lowered__in=set(lowered_of.values()))
        .values_list("lowered", "pk")
    )
    return {
        username: found[lowered] for username, lowered in lowered_of.items() if lowered in found
    }


def map_account_uuids(*, usernames: Iterable[str]) -> dict[str, UUID]:
    """Return account uuids by username as given, found as ``map_account_ids`` does."""
    ids = map_account_ids(usernames=usernames)
    uuids = dict(Account.objects.filter(pk__in=ids.values()).values_list("pk", "uuid"))
    return {username: uuids[pk] for username, pk in ids.items() if pk in uuids}
