"""Forging tokens, and standing on another host."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.conf import settings

from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import forget_kept_keys
from matricula.lms.clients.signing import _own_key
from tests.given import NOW


@contextmanager
def on_host(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand on a host with a home of its own, in a process that has just begun."""
    with monkeypatch.context() as patched:
        patched.setenv("MATRICULA_HOME", str(folder))
        forget_kept_keys()
        yield
    forget_kept_keys()


def claims_of(account: Account, **other: Any) -> dict[str, Any]:  # noqa: ANN401  JSON is anything
    """What a good token says; a claim that is None is left out."""
    now = int(time.time())
    claims = {
        "iss": settings.LMS_URL,
        "aud": settings.TOKEN_AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "sub": str(account.uuid),
        **other,
    }
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: dict[str, Any], *, key_id: str | None = None) -> str:
    """Sign with our own key whatever it says."""
    pair = _own_key(NOW)
    return jwt.encode(claims, pair.private_key, "RS512", headers={"kid": key_id or pair.key_id})
