"""Somebody's first requests come at once, at several processes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from matricula.registrar.accounts.api import Account, see_account
from tests.registrar import given
from tests.registrar.publishing import uuid_of

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4
PATIENCE = 30.0


def see_at_once(*uuids_of: str, username: str) -> list[Account]:
    """See accounts of one username, each on a connection of its own, from one starting shot."""
    start = Barrier(len(uuids_of))

    def see(whose: str) -> Account:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            return see_account(
                uuid=uuid_of(whose),
                username=username,
                email=f"{username}@riveru.example",
                is_email_verified=True,
                is_staff=False,
                at=given.NOW,
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(len(uuids_of)) as pool:
        return list(pool.map(see, uuids_of))


@pytest.mark.parametrize("number", range(5))
def test_somebody_new_gets_one_account(number: int) -> None:
    username = f"mira{number}"
    seen = see_at_once(*[username] * AT_ONCE, username=username)
    assert {each.pk for each in seen} == {Account.objects.get().pk}
    assert Account.objects.get().username == username


@pytest.mark.parametrize("number", range(5))
def test_of_two_people_under_one_name_each_has_an_account(number: int) -> None:
    username = f"mira{number}"
    one, other = see_at_once(f"{number}a", f"{number}b", username=username)
    assert one.pk != other.pk
    assert Account.objects.filter(username=username).count() == 1
    assert Account.objects.count() == 2
