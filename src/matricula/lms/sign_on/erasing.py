"""Erasing what schools have said of a person."""

from collections.abc import Collection

from allauth.socialaccount.models import SocialAccount

from matricula.lms.sign_on.models import Assertion


def hold_assertions(*, account_ids: Collection[int]) -> None:
    """Let nobody settle what is asserted of the accounts until the transaction ends.

    Before the accounts are locked, as whoever settles it does.
    """
    found = Assertion.objects.select_for_update(of=("self",))
    list(found.filter(social_account__user__in=account_ids).order_by("pk"))


def list_subjects(*, account_ids: Collection[int]) -> set[str]:
    """Return what schools call the people behind accounts."""
    found = SocialAccount.objects.filter(user__in=account_ids)
    said = found.values_list("uid", "assertion__asserted_key", "assertion__accepted__value")
    return {name for names in said for name in names if name}


def erase_sign_ons(*, account_ids: Collection[int]) -> int:
    """Delete the accounts' ways in by a school with all that it said, and return how many."""
    _, deleted = SocialAccount.objects.filter(user__in=account_ids).delete()
    return int(deleted.get("socialaccount.SocialAccount", 0))
