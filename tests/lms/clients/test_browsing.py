"""Where somebody is signed in, and ending that."""

from datetime import UTC, datetime

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client as Browser

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import (
    BrowserSession,
    OnlyOwnSessions,
    UnknownSession,
    end_browser_session,
    end_other_browser_sessions,
    list_browser_sessions,
)
from matricula.lms.kernel.api import Actor
from tests import given

pytestmark = pytest.mark.django_db


def signed_in(account: Account) -> str:
    browser = Browser()
    browser.force_login(account)
    key = str(browser.session.session_key)
    UserSession.objects.create(user=account, session_key=key, ip="192.0.2.7", user_agent="")
    return key


def sessions_of(
    account: Account, *, by: Actor | None = None, current: str | None = None
) -> list[BrowserSession]:
    by = by or given.acting(account)
    return list_browser_sessions(account=account, by=by, at=datetime.now(UTC), current=current)


def test_one_sees_all_of_one_s_own_and_ends_one() -> None:
    mira, vera = given.account("mira"), given.account("vera")
    first, second, _hers = signed_in(mira), signed_in(mira), signed_in(vera)
    here, there = sessions_of(mira, current=second)
    assert (here.is_current, there.is_current) == (True, False)
    by = given.acting(mira)
    assert end_browser_session(session_id=there.id, account_id=mira.pk, by=by) == first
    assert [each.id for each in sessions_of(mira)] == [here.id]
    assert not Session.objects.filter(pk=first).exists()
    with pytest.raises(UnknownSession):
        end_browser_session(session_id=there.id, account_id=mira.pk, by=by)


def test_all_others_are_ended_and_nobody_else_s() -> None:
    mira, vera = given.account("mira"), given.account("vera")
    _one, _two, here, hers = signed_in(mira), signed_in(mira), signed_in(mira), signed_in(vera)
    by = given.acting(mira)
    assert end_other_browser_sessions(account_id=mira.pk, current=here, by=by) == 2
    assert set(Session.objects.values_list("pk", flat=True)) == {here, hers}


def test_those_that_another_password_has_ended_are_not_told() -> None:
    mira = given.account("mira")
    signed_in(mira)
    mira.set_password("another one 9")
    mira.save()
    assert sessions_of(mira) == []


def test_they_are_for_oneself_alone() -> None:
    mira = given.account("mira")
    signed_in(mira)
    (session,) = sessions_of(mira)
    for by in (given.OPERATOR, given.acting(given.account("vera"))):
        with pytest.raises(OnlyOwnSessions):
            sessions_of(mira, by=by)
        with pytest.raises(OnlyOwnSessions):
            end_browser_session(session_id=session.id, account_id=mira.pk, by=by)
        with pytest.raises(OnlyOwnSessions):
            end_other_browser_sessions(account_id=mira.pk, current=None, by=by)
    vera = given.account("somebody")
    with pytest.raises(UnknownSession):
        end_browser_session(session_id=session.id, account_id=vera.pk, by=given.acting(vera))
