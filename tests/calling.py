"""Calling the LMS over HTTP as somebody, for tests of its surfaces."""

import time
from datetime import UTC, datetime

from rest_framework.test import APIClient

from matricula.lms.accounts.api import Account
from matricula.lms.clients import signing
from matricula.lms.clients.api import sign_token
from tests import given


def calling_as(account: Account) -> APIClient:
    """Somebody who shows their token in the header."""
    caller = APIClient()
    token = sign_token(account=account, at=datetime.now(UTC))
    signing._kept.read_at = time.monotonic()  # not again in the middle: some tests count queries
    caller.credentials(HTTP_AUTHORIZATION=f"JWT {token.text}")
    return caller


def calling_with(
    *roles: str, school_key: str | None = "RiverU", username: str = "registrar"
) -> APIClient:
    """A registrar (or whoever) with these roles at a school, or with None everywhere."""
    account = given.account(username)
    for role in roles:
        given.with_role(role, account, school_key=school_key)
    return calling_as(account)


def calling_anonymously() -> APIClient:
    """Nobody in particular."""
    return APIClient()
