"""Closing one's own account."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.people.api import OnlyOwnAccount, close_own_account
from tests import given
from tests.lms.people.leaving_traces import NAMES
from tests.lms.people.walking import list_places_of

pytestmark = pytest.mark.django_db


def test_it_is_a_retirement_by_oneself(quist: Account) -> None:
    done = close_own_account(account=quist, by=given.acting(quist), at=given.NOW)
    assert done.erased.accounts == 1
    assert {each.what: each.count for each in done.kept}["program_enrollments"] == 1
    assert list_places_of(*NAMES) == []
    closed = ChangeSet.objects.latest("pk")
    assert (closed.actor, closed.reason) == (f"account:{quist.pk}", "closed by the person")


@pytest.mark.parametrize("role", ["support", "write"])
def test_nobody_closes_the_account_of_another(role: str) -> None:
    mira = given.account("mira")
    by = given.holder_of(role, school_key=None)
    with pytest.raises(OnlyOwnAccount):
        close_own_account(account=mira, by=by, at=given.NOW)
    mira.refresh_from_db()
    assert mira.is_active
