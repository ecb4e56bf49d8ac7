"""Remembering the LMS's public keys in the database, and when it has told of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from matricula.registrar.accounts.models import LmsKey

PUBLIC = ("kty", "kid", "use", "alg", "n", "e")
"""What is kept of a key (RFC 7517): never more, whatever we are told."""


@transaction.atomic
def remember_keys(published: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Remember these keys in the place of all others."""
    keys = [
        LmsKey(
            key_id=str(each["kid"]),
            public={name: each[name] for name in PUBLIC if name in each},
            told_at=at,
        )
        for each in published
    ]
    LmsKey.objects.exclude(key_id__in=[key.key_id for key in keys]).delete()
    LmsKey.objects.bulk_create(
        keys, update_conflicts=True, unique_fields=["key_id"], update_fields=["public", "told_at"]
    )


def recall_keys() -> tuple[list[dict[str, Any]], datetime | None]:
    """Return the keys, and since when they are known; None if there are none."""
    found = list(LmsKey.objects.values_list("public", "told_at"))
    return [public for public, _ in found], min((at for _, at in found), default=None)
