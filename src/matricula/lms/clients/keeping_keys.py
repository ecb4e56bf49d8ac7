"""Keeping this host's signing keys: the private halves, in files that only their owner reads."""

import os
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from matricula.postgres import home

ALGORITHM = "RS512"
BITS = 2048
KEY_ID_LENGTH = 32
SUFFIX = ".pem"

PublicKey = dict[str, Any]
"""A public key as a JSON Web Key."""

log = structlog.get_logger("matricula.keys")


class KeyPair(msgspec.Struct, frozen=True):
    """A key that this host signs with."""

    key_id: str
    private_key: RSAPrivateKey

    @property
    def public_key(self) -> PublicKey:
        """The half that everybody may know."""
        return _describe(self.private_key)


def keep_new_key(*, at: datetime) -> KeyPair:
    """Make a key and keep it, newer than those that are there."""
    private_key = generate_private_key(public_exponent=65537, key_size=BITS)
    pair = KeyPair(_describe(private_key)["kid"], private_key)
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _keep(_folder() / f"{at:%Y%m%dT%H%M%S%f}-{pair.key_id}{SUFFIX}", pem)
    return pair


def list_own_keys() -> list[KeyPair]:
    """Return the keys of this host, newest first; a file that holds none is logged and left."""
    found = (_load_or_complain(path) for path in reversed(_list_files()))
    return [pair for pair in found if pair is not None]


def drop_own_key(key_id: str) -> None:
    """Delete a key if this host has it."""
    for path in _list_files():
        if path.stem.partition("-")[2] == key_id:
            path.unlink(missing_ok=True)


def _list_files() -> list[Path]:
    return sorted(_folder().glob(f"*{SUFFIX}"))


def _folder() -> Path:
    return home() / "secrets" / "signing_keys"


def _load_or_complain(path: Path) -> KeyPair | None:
    try:
        return _load(path)
    except FileNotFoundError:  # dropped meanwhile
        return None
    except (OSError, TypeError, ValueError, UnsupportedAlgorithm) as error:
        log.error("signing key unreadable", file=path.name, error=type(error).__name__)  # noqa: TRY400  a traceback of the parser says nothing more
        return None


@lru_cache(maxsize=8)
def _load(path: Path) -> KeyPair:
    private_key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private_key, RSAPrivateKey):
        raise TypeError("The key is for another algorithm.")
    return KeyPair(_describe(private_key)["kid"], private_key)


def _describe(private_key: RSAPrivateKey) -> PublicKey:
    described: PublicKey = RSAAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    named = {name: described[name] for name in ("e", "kty", "n")}
    thumbprint = hashes.Hash(hashes.SHA256())  # RFC 7638
    thumbprint.update(msgspec.json.encode(named))
    key_id = thumbprint.finalize().hex()[:KEY_ID_LENGTH]
    return {**named, "kid": key_id, "alg": ALGORITHM, "use": "sig"}


def _keep(path: Path, content: bytes) -> None:
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # half a key would be none
    draft.replace(path)
