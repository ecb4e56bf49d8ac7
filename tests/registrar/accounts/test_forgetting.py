"""Sessions that have expired are forgotten, others are not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from matricula.registrar.accounts.tasks import forget_old_sessions
from tests.registrar import given

pytestmark = pytest.mark.django_db


def test_only_expired_sessions_are_forgotten() -> None:
    for username in ("mira", "ilka"):
        Client().force_login(given.account(username))
    expired, good = Session.objects.all()
    expired.expire_date = datetime.now(UTC) - timedelta(seconds=1)
    expired.save()
    forget_old_sessions(0)
    assert Session.objects.get() == good
