"""Ending sessions, tokens and clients of some accounts, and of nobody else."""

from datetime import UTC, datetime

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from oauth2_provider.models import AccessToken, DeviceGrant, Grant, IDToken, RefreshToken

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import (
    Client,
    create_client,
    end_clients,
    end_sessions,
    end_tokens,
    is_client,
)
from matricula.lms.ledger.api import Names
from tests import given

pytestmark = pytest.mark.django_db

NEVER = datetime(2099, 1, 1, tzinfo=UTC)


def signed_in(account: Account | None, **kept: str) -> None:
    browser = Browser()
    if account is not None:
        browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = browser.session
    session.update(kept)
    session.save()


def made_client(name: str) -> Client:
    create_client(name=name, roles=[], organization_id=None, by=given.OPERATOR, at=given.NOW)
    made: Client = Client.objects.get(name=name)
    return made


def test_the_sessions_of_an_account_end() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    for number, account in enumerate((mira, mira, noah)):
        signed_in(account)
        UserSession.objects.create(user=account, session_key=str(number), ip="::", user_agent="")
    assert end_sessions(account_ids=[mira.pk]) == 2
    assert UserSession.objects.get().user == noah
    [left] = Session.objects.all()
    assert left.get_decoded()["_auth_user_id"] == str(noah.pk)


def test_so_does_one_that_keeps_a_name_of_theirs() -> None:
    signed_in(None, pending="Mira.Sand@example.org")
    signed_in(None, pending="somebody@example.org")
    assert end_sessions(account_ids=[], names=Names(["mira.sand@example.org"])) == 1


def test_all_that_the_provider_keeps_for_an_account_and_its_client_goes() -> None:
    mira, client, other = given.account("mira"), made_client("Robot"), made_client("Other")
    for user, application in ((mira, other), (None, client), (None, other)):
        token = AccessToken.objects.create(
            user=user,
            application=application,
            token=str(application.pk) + str(user),
            expires=NEVER,
        )
        if user is not None:
            made = {"user": user, "application": application}
            RefreshToken.objects.create(**made, token="r", access_token=token)
            Grant.objects.create(**made, code="c", expires=NEVER)
            IDToken.objects.create(**made, expires=NEVER)
            DeviceGrant.objects.create(
                user=user, client_id="x", device_code="d", user_code="u", expires=NEVER
            )
    assert end_tokens(account_ids=[mira.pk, client.user_id]) == 6
    assert AccessToken.objects.get().application == other
    assert not any(model.objects.exists() for model in (RefreshToken, Grant, IDToken, DeviceGrant))


def test_the_client_that_acts_as_an_account_goes() -> None:
    client, other = made_client("Robot"), made_client("Other")
    assert is_client(account_ids=[client.user_id])
    assert end_clients(account_ids=[client.user_id]) == 1
    assert not is_client(account_ids=[client.user_id])
    assert Client.objects.get() == other
