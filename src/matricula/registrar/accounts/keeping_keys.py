"""Keeping the LMS's public keys: a token costs no call, and while it is away nobody is out.

They are in memory, and in the database for processes that begin while the LMS is away.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import structlog
from django.conf import settings

from matricula.lms_client.api import Access, list_keys
from matricula.registrar.accounts.remembering_keys import recall_keys, remember_keys
from matricula.registrar.kernel.api import telling_trouble
from matricula.service.refusals import Unavailable

KEPT_SECONDS = 300
PAUSE_SECONDS = 1
"""Between two questions: whoever invents key names must not keep us, or the LMS, busy."""
PAUSE_WHILE_AWAY = 10
"""The same while the LMS does not answer: each question may then take ``READ_SECONDS``."""
ALGORITHMS = ("RS512", "RS256")
READ_SECONDS = 5.0

log = structlog.get_logger("matricula.token_keys")


@dataclass(slots=True)
class _Kept:
    """``known_at`` is when the LMS has told of the keys, the rest is for when to ask it again."""

    keys: dict[str, Any] = field(default_factory=dict)
    known_at: datetime | None = None
    read_at: float = float("-inf")
    asked_at: float = float("-inf")
    trouble: Unavailable | None = None


_kept = _Kept()


def find_key(key_id: str) -> Any:  # noqa: ANN401  cryptography's, whichever it is
    """Return the key of that name, or None if the LMS has none.

    While the LMS is away, those that it had go on for ``KEY_HOURS``.

    Raises:
        Unavailable: it is away, and no such key was read in that time.
    """
    is_old = time.monotonic() - _kept.read_at > KEPT_SECONDS
    pause = PAUSE_WHILE_AWAY if _kept.trouble else PAUSE_SECONDS
    if (is_old or key_id not in _kept.keys) and time.monotonic() - _kept.asked_at > pause:
        _kept.asked_at = time.monotonic()
        _renew_keys()
    if key_id not in _kept.keys and _kept.trouble is not None:
        raise type(_kept.trouble)(str(_kept.trouble))
    return _kept.keys.get(key_id)


def forget_keys() -> None:
    """Ask the LMS again for the next token."""
    _kept.keys, _kept.known_at, _kept.trouble = {}, None, None
    _kept.read_at = _kept.asked_at = float("-inf")


def _renew_keys() -> None:
    now = datetime.now(UTC)
    try:
        published = _ask_lms()
    except Unavailable as trouble:
        _go_on_with_known(trouble, now)
        return
    _kept.keys, _kept.known_at, _kept.trouble = _read(published), now, None
    _kept.read_at = time.monotonic()
    remember_keys(published, at=now)


def _ask_lms() -> Sequence[Mapping[str, Any]]:
    access = Access(
        url=settings.LMS_URL, client_id="", client_secret="", read_seconds=READ_SECONDS, attempts=1
    )
    with telling_trouble():
        published = list_keys(access)
    return [each for each in published if each.get("kty") == "RSA" and each.get("kid")]


def _go_on_with_known(trouble: Unavailable, now: datetime) -> None:
    if not _kept.keys:
        recalled, _kept.known_at = recall_keys()
        _kept.keys = _read(recalled)
    lifetime = timedelta(hours=settings.KEY_HOURS)
    if _kept.known_at is None or now - _kept.known_at > lifetime:
        forget_keys()  # the failure too: the next token asks again
        raise trouble
    _kept.trouble = trouble
    log.warning("keys of the LMS not renewed", reason=trouble.code)


def _read(published: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(each["kid"]): jwt.PyJWK(dict(each)).key for each in published}
