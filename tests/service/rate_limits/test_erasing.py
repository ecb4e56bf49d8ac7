"""Erasing what was counted for somebody."""

import pytest

from matricula.service.rate_limits.api import count_request, erase_counts
from matricula.service.rate_limits.models import RequestCount
from tests import given

pytestmark = pytest.mark.django_db


def test_what_was_counted_for_an_account_goes_and_nothing_else() -> None:
    callers = ["account:7", "sign-in:account:7", "account:77", "address:10.0.0.7", "account:8"]
    for caller in callers:
        count_request(caller=caller, limit=1, at=given.NOW)
    assert erase_counts(account_ids=[7, 8]) == 3
    left = set(RequestCount.objects.values_list("caller", flat=True))
    assert left == {"account:77", "address:10.0.0.7"}


def test_nobody_has_asked_for_nobody() -> None:
    count_request(caller="account:7", limit=1, at=given.NOW)
    assert erase_counts(account_ids=[]) == 0
    assert RequestCount.objects.count() == 1
