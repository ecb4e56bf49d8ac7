"""How far each follower of the ledger has come."""

from datetime import timedelta

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.changes import noting
from matricula.lms.changes.api import START, Cursor, list_followers, note_follower
from matricula.lms.changes.noting import FORGOTTEN_AFTER
from tests import given
from tests.calling import calling_as
from tests.lms.kernel.seeing import count_statements, look

pytestmark = pytest.mark.django_db


def end_of_ledger() -> Cursor:
    return Cursor(*look("SELECT transaction_id, id FROM change ORDER BY id DESC LIMIT 1")[0])


def note(account: Account, place: Cursor) -> None:
    note_follower(place=place, by=given.acting(account), at=given.NOW)


def test_who_lags_behind_comes_first_with_how_much_they_lack() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    feed, portal = given.account("feed"), given.account("portal")
    note(feed, end_of_ledger())
    note(portal, START)
    total = look("SELECT count(*) FROM change")[0][0]
    slow, quick = list_followers(by=given.OPERATOR, at=given.NOW)
    assert (slow.username, slow.behind) == ("portal", total)
    assert slow.behind_since is not None
    assert (quick.username, quick.behind, quick.behind_since) == ("feed", 0, None)
    note(portal, end_of_ledger())
    assert [each.behind for each in list_followers(by=given.OPERATOR, at=given.NOW)] == [0, 0]


def test_whoever_follows_by_the_api_is_noted() -> None:
    given.enrolled("rv-1", program=given.program())
    caller = given.account("feed")
    given.with_role("read", caller)
    assert calling_as(caller).get("/api/enrollment/v2/changes").status_code == 200
    at = given.NOW + timedelta(days=36_500)
    assert look("SELECT account_id FROM follower") == [(caller.pk,)]
    assert list_followers(by=given.OPERATOR, at=at) == []


def test_who_has_no_account_is_not_noted() -> None:
    note_follower(place=START, by=given.OPERATOR, at=given.NOW)
    assert list_followers(by=given.OPERATOR, at=given.NOW) == []


def test_who_has_not_asked_for_long_follows_no_more() -> None:
    note(given.account("feed"), START)
    for day, count in ((timedelta(days=-1), 1), (timedelta(), 0)):
        found = list_followers(by=given.OPERATOR, at=given.NOW + FORGOTTEN_AFTER + day)
        assert len(found) == count


def test_only_who_operates_the_platform_sees_followers() -> None:
    with pytest.raises(PermissionMissing):
        list_followers(by=given.holder_of("support"), at=given.NOW)


def test_nobody_counts_to_the_end_of_a_long_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "MOST_COUNTED", 5)
    given.enrolled(*(f"rv-{number}" for number in range(5)), program=given.program())
    for number in range(3):
        note(given.account(f"feed-{number}"), START)
    found = list_followers(by=given.OPERATOR, at=given.NOW)
    assert [each.behind for each in found] == [5] * 3
    assert count_statements(lambda: list_followers(by=given.OPERATOR, at=given.NOW)) == 1
