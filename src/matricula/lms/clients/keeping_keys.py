"""Signing keys: the private half stays on its host, the public one goes into the database.

So hosts need no common secret, and every host can check what another has signed.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.conf import settings
from django.db.models import Q
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_encode

from matricula.lms.clients.models import SigningKey
from matricula.lms.kernel.api import NotFound
from matricula.postgres import home

ALGORITHM = "RS512"
BITS = 2048
KEYS_KEPT_SECONDS = 60
"""How long a process may go on with the keys that it has read."""
SUFFIX = ".pem"

PublicKey = dict[str, Any]
"""A public key as a JSON Web Key."""


class UnknownSigningKey(NotFound):
    """No key has that id."""

    code = "signing-key-not-found"


class SigningKeyPair(msgspec.Struct, frozen=True):
    """A key that this host signs with."""

    key_id: str
    private_key: RSAPrivateKey

    @property
    def public_key(self) -> PublicKey:
        """The half that everybody may know."""
        return _describe(self.private_key)


def choose_signing_key(*, at: datetime) -> SigningKeyPair:
    """Return this host's newest key that is not revoked; if there is none, one is made."""
    good = {key["kid"] for key in list_public_keys(at=at)}
    own = (pair for pair in _list_own() if pair.key_id in good)
    return next(own, None) or make_signing_key(at=at)


def make_signing_key(*, at: datetime) -> SigningKeyPair:
    """Make a key for this host to sign with from now on. What the older ones signed stays good."""
    private_key = generate_private_key(public_exponent=65537, key_size=BITS)
    key_id = _describe(private_key)["kid"]
    pair = SigningKeyPair(key_id, private_key)
    _publish([pair], at=at)
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _keep(_folder() / f"{at:%Y%m%dT%H%M%S%f}-{key_id}{SUFFIX}", pem)
    return pair


def rotate_signing_keys(*, at: datetime) -> SigningKeyPair:
    """Make a new key for this host, and retire its older ones.

    What those signed stays good until it expires.
    """
    older = _list_files()
    made = make_signing_key(at=at)
    for path in older:
        path.unlink(missing_ok=True)
    SigningKey.objects.filter(key_id__in=[_key_id(path) for path in older]).update(retired_at=at)
    return made


def revoke_signing_key(*, key_id: str, at: datetime) -> None:
    """Make void whatever a key has signed, for a key that somebody else may have.

    Raises:
        UnknownSigningKey: there is none.
    """
    if not SigningKey.objects.filter(key_id=key_id).update(retired_at=at, revoked_at=at):
        raise UnknownSigningKey(f"There is no signing key {key_id}.")
    for path in _list_files():
        if _key_id(path) == key_id:
            path.unlink(missing_ok=True)


def list_public_keys(*, at: datetime) -> list[PublicKey]:
    """Return the public keys of all tokens that may still be good, newest first."""
    if own := list(_list_own()):
        _publish(own, at=at)  # this host may have met another database since they were made
    good = SigningKey.objects.filter(revoked_at=None)
    longest = settings.TOKEN_LIFETIME + timedelta(seconds=KEYS_KEPT_SECONDS)
    still = good.filter(Q(retired_at=None) | Q(retired_at__gte=at - longest))
    return list(still.order_by("-made_at", "-pk").values_list("public_key", flat=True))


def _publish(pairs: list[SigningKeyPair], *, at: datetime) -> None:
    rows = [
        SigningKey(key_id=pair.key_id, public_key=pair.public_key, made_at=at) for pair in pairs
    ]
    SigningKey.objects.bulk_create(rows, ignore_conflicts=True)


def _list_own() -> Iterator[SigningKeyPair]:
    for path in reversed(_list_files()):
        yield _load(path)


def _list_files() -> list[Path]:
    return sorted(_folder().glob(f"*{SUFFIX}"))


def _folder() -> Path:
    return home() / "secrets" / "signing_keys"


def _key_id(path: Path) -> str:
    return path.stem.split("-", 1)[1]


@lru_cache(maxsize=8)
def _load(path: Path) -> SigningKeyPair:
    private_key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(private_key, RSAPrivateKey)  # noqa: S101  we wrote the file
    return SigningKeyPair(_key_id(path), private_key)


def _describe(private_key: RSAPrivateKey) -> PublicKey:
    described: PublicKey = RSAAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    named = {name: described[name] for name in ("e", "kty", "n")}
    thumbprint = hashes.Hash(hashes.SHA256())  # RFC 7638
    thumbprint.update(msgspec.json.encode(named))
    key_id = base64url_encode(thumbprint.finalize()).decode()
    return {**named, "kid": key_id, "alg": ALGORITHM, "use": "sig"}


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
