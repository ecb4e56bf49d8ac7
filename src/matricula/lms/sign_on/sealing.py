"""Sealing what must be said again, such as a client secret: unreadable without our own secret."""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from matricula.lms.kernel.api import Unavailable


class SealBroken(Unavailable):
    """What was sealed cannot be read: it was sealed under another SECRET_KEY."""

    code = "seal-broken"


def seal(text: str) -> str:
    """Return text that only who has SECRET_KEY can read again; empty stays empty."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Return what was sealed.

    Raises:
        SealBroken: SECRET_KEY is another one now.
    """
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        message = "The client secret was sealed under another SECRET_KEY: give it again."
        raise SealBroken(message) from None


def _box() -> Fernet:
    key = sha256(b"matricula sign-on secret\0" + str(settings.SECRET_KEY).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
