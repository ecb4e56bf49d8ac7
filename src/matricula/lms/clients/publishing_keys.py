"""Publishing signing keys: the public halves go into the database, for all hosts and whoever asks.

So hosts need no common secret, and every host can check what another has signed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db.models import Q, QuerySet

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.clients.keeping_keys import (
    KeyPair,
    PublicKey,
    drop_own_key,
    keep_new_key,
    list_own_keys,
)
from matricula.lms.clients.models import SigningKey
from matricula.lms.kernel.api import Actor, NotFound, quote

KEYS_KEPT_SECONDS = 60
"""How long a process may go on with the keys that it has read."""
LEEWAY_SECONDS = 10
"""How far apart the clocks of two hosts may be."""
UNUSED_FOR = timedelta(days=7)
"""So long a key stays published whose host is silent, and may have gone for good."""


class UnknownSigningKey(NotFound):
    """No key has that id."""

    code = "signing-key-not-found"


class Keys(msgspec.Struct, frozen=True):
    """What this host signs with, if it has a key yet, and what all hosts may have signed with."""

    own: KeyPair | None
    public: tuple[PublicKey, ...]


def read_keys(*, at: datetime) -> Keys:
    """Return the keys as they are now, and publish those of this host anew.

    They are published again because it may have met another database since they were made, and so
    that ``used_at`` says which keys still have a host.
    """
    pairs = list_own_keys()
    _publish(pairs, at=at)
    good = list(_good(at=at))
    signing = {key.key_id for key in good if key.retired_at is None}
    own = next((pair for pair in pairs if pair.key_id in signing), None)
    return Keys(own, tuple(key.public_key for key in good))


def make_signing_key(*, at: datetime) -> KeyPair:
    """Make a key for this host to sign with from now on. What the older ones signed stays good."""
    pair = keep_new_key(at=at)
    _publish([pair], at=at)
    return pair


def rotate_signing_keys(*, by: Actor, at: datetime) -> str:
    """Make a new key for this host, retire its older ones, and return the new one's id.

    What the older ones signed stays good until it expires.

    Raises:
        PermissionMissing: the actor may not manage keys.
    """
    require_permission(by, Permission.KEYS_MANAGE)
    older = [pair.key_id for pair in list_own_keys()]
    made = make_signing_key(at=at)
    SigningKey.objects.filter(key_id__in=older, retired_at=None).update(retired_at=at)
    for key_id in older:
        drop_own_key(key_id)
    return made.key_id


def revoke_signing_key(*, key_id: str, by: Actor, at: datetime) -> None:
    """Make void whatever a key has signed, for a key that somebody else may have.

    Every process knows of it after ``KEYS_KEPT_SECONDS``.

    Raises:
        PermissionMissing: the actor may not manage keys.
        UnknownSigningKey: there is none.
    """
    require_permission(by, Permission.KEYS_MANAGE)
    if not SigningKey.objects.filter(key_id=key_id).update(revoked_at=at):
        raise UnknownSigningKey(f"There is no signing key {quote(key_id)}.")
    drop_own_key(key_id)


def list_signing_keys(*, by: Actor, at: datetime) -> list[SigningKey]:
    """Return the keys whose tokens may still be good, newest first.

    Raises:
        PermissionMissing: the actor may not manage keys.
    """
    require_permission(by, Permission.KEYS_MANAGE)
    return list(_good(at=at))


def list_public_keys(*, at: datetime) -> list[PublicKey]:
    """Return the public keys of all tokens that may still be good, newest first."""
    return list(read_keys(at=at).public)


def forget_signing_keys(*, at: datetime) -> int:
    """Delete keys that are published no more, and return how many; revoked ones stay revoked."""
    over = SigningKey.objects.filter(revoked_at=None).exclude(pk__in=_good(at=at).values("pk"))
    return over.delete()[0]


def _good(*, at: datetime) -> QuerySet[SigningKey]:
    margin = timedelta(seconds=KEYS_KEPT_SECONDS + LEEWAY_SECONDS)
    signed_lately = Q(retired_at=None) | Q(retired_at__gte=at - settings.TOKEN_LIFETIME - margin)
    return SigningKey.objects.filter(
        signed_lately, revoked_at=None, used_at__gte=at - UNUSED_FOR
    ).order_by("-made_at", "-pk")


def _publish(pairs: Sequence[KeyPair], *, at: datetime) -> None:
    SigningKey.objects.bulk_create(
        [
            SigningKey(key_id=pair.key_id, public_key=pair.public_key, made_at=at, used_at=at)
            for pair in pairs
        ],
        update_conflicts=True,
        unique_fields=["key_id"],
        update_fields=["used_at"],
    )
