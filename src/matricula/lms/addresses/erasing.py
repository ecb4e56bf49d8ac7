"""Erasing a person's addresses."""

from collections.abc import Collection

from allauth.account.models import EmailAddress


def list_addresses_to_erase(*, account_ids: Collection[int]) -> dict[str, bool]:
    """Return the addresses of accounts, each with whether it was proven; one query."""
    found = EmailAddress.objects.filter(user__in=account_ids).order_by("verified")
    return dict(found.values_list("email", "verified"))


def erase_addresses(*, account_ids: Collection[int]) -> int:
    """Delete the addresses of accounts and what proves them, and return how many addresses."""
    _, deleted = EmailAddress.objects.filter(user__in=account_ids).delete()
    erased: int = deleted.get("account.EmailAddress", 0)
    return erased
