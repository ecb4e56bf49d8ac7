"""Erasing how often a person has asked lately."""

from collections.abc import Collection

from django.db.models import Q

from matricula.service.rate_limits.models import RequestCount


def erase_counts(*, account_ids: Collection[int]) -> int:
    """Delete what was counted for the accounts, in whatever they did, and return how many counts.

    The table holds the callers of some minutes; it is read once.
    """
    counted = Q()
    for account_id in account_ids:
        counted |= Q(caller=f"account:{account_id}") | Q(caller__endswith=f":account:{account_id}")
    return RequestCount.objects.filter(counted).delete()[0] if account_ids else 0
