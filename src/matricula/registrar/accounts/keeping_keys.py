"""Keeping the LMS's public keys: a token costs no call, and while it is away nobody is out."""

import time
from dataclasses import dataclass, field
from typing import Any

import jwt
import structlog
from django.conf import settings

from matricula.lms_client.api import Access, list_keys
from matricula.registrar.kernel.api import telling_trouble
from matricula.service.refusals import Unavailable

KEPT_SECONDS = 300
PAUSE_SECONDS = 1
"""Between two questions: whoever invents key names must not keep us, or the LMS, busy."""
ALGORITHMS = ("RS512", "RS256")
READ_SECONDS = 5.0

log = structlog.get_logger("matricula.token_keys")


@dataclass(slots=True)
class _Kept:
    read_at: float = float("-inf")
    asked_at: float = float("-inf")
    keys: dict[str, Any] = field(default_factory=dict)


_kept = _Kept()


def find_key(key_id: str) -> Any:  # noqa: ANN401  cryptography's, whichever it is
    """Return the key of that name, or None if the LMS has none.

    While the LMS is away, those that it had go on.

    Raises:
        Unavailable: it is away, and none was ever read.
    """
    is_old = time.monotonic() - _kept.read_at > KEPT_SECONDS
    if (is_old or key_id not in _kept.keys) and time.monotonic() - _kept.asked_at > PAUSE_SECONDS:
        _kept.asked_at = time.monotonic()
        _read_keys()
    return _kept.keys.get(key_id)


def forget_keys() -> None:
    """Ask the LMS again for the next token."""
    _kept.read_at = _kept.asked_at = float("-inf")
    _kept.keys = {}


def _read_keys() -> None:
    access = Access(
        url=settings.LMS_URL, client_id="", client_secret="", read_seconds=READ_SECONDS, attempts=1
    )
    try:
        with telling_trouble():
            published = list_keys(access)
    except Unavailable as trouble:
        if not _kept.keys:
            _kept.asked_at = float("-inf")  # a failure is not kept
            raise
        log.warning("keys of the LMS not renewed", reason=trouble.code)
        return
    _kept.keys = {
        str(each["kid"]): jwt.PyJWK(each).key
        for each in published
        if each.get("kty") == "RSA" and each.get("kid")
    }
    _kept.read_at = time.monotonic()
