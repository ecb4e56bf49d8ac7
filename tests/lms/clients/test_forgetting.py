"""What workers forget by and by."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from oauth2_provider.models import AccessToken

from matricula.lms.clients import tasks as of_clients
from matricula.lms.clients.forgetting import forget_expired_sessions, forget_expired_tokens
from matricula.lms.clients.models import SigningKey
from matricula.lms.kept_answers import tasks as of_kept_answers
from matricula.lms.kept_answers.models import KeptAnswer
from matricula.service.rate_limits import tasks as of_rate_limits
from matricula.service.rate_limits.models import RequestCount
from tests import given
from tests.lms.rest.tokens.asking import a_client, token_of

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


def test_tokens_are_kept_until_they_expire() -> None:
    token_of(a_client())
    assert forget_expired_tokens(at=now() + timedelta(minutes=59)) == 0
    assert forget_expired_tokens(at=now() + timedelta(minutes=61)) == 1
    assert not AccessToken.objects.exists()


def test_sessions_are_kept_until_they_expire() -> None:
    browser, mira = Browser(), given.account()
    browser.force_login(mira)
    key = browser.session.session_key
    UserSession.objects.create(user=mira, session_key=key, ip="192.0.2.7", user_agent="")
    assert forget_expired_sessions(at=now() + timedelta(days=13)) == 0
    assert UserSession.objects.exists()
    assert forget_expired_sessions(at=now() + timedelta(days=15)) == 1
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


def test_a_worker_forgets_what_is_over_and_nothing_else() -> None:
    client = a_client()
    token_of(client)
    Browser().force_login(given.account("mira"))
    RequestCount.objects.create(caller="long ago", minute=1, count=1)
    RequestCount.objects.create(caller="just now", minute=2**40, count=1)
    long_ago = now() - timedelta(days=400)
    for at in (long_ago, now()):
        SigningKey.objects.create(key_id=f"{at}", public_key={}, made_at=at, used_at=at)
        KeptAnswer.objects.create(
            account_id=given.account(f"at-{at:%Y}").pk,
            key="k",
            digest=b"",
            status=200,
            headers={},
            body=b"",
            made_at=at,
        )
    for task in (
        of_clients.forget_old_tokens,
        of_kept_answers.forget_old_answers,
        of_rate_limits.forget_old_counts,
    ):
        task(timestamp=0)
    assert AccessToken.objects.count() == Session.objects.count() == 1
    assert f"{long_ago}" not in SigningKey.objects.values_list("key_id", flat=True)
    assert KeptAnswer.objects.get().made_at > long_ago
    assert not RequestCount.objects.filter(caller="long ago").exists()
    assert RequestCount.objects.filter(caller="just now").exists()
