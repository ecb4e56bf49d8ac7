"""Migrating a school's student keys: what its providers assert next is what was agreed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.identities.api import (
    Rekeyed,
    Rekeying,
    RekeyVerdict,
    plan_rekeying,
    rekey_students,
)
from matricula.lms.kernel.api import Actor, fold
from matricula.lms.sign_on.models import Assertion
from matricula.lms.sign_on.proving import SUBJECT_LENGTH

# What was settled on an old key is settled on the new one where both are the account's; a renamed
# identity needs nothing. Each is found by a probe of its own (ADR 0005).
FOLLOW = """
UPDATE assertion SET accepted_id = moved.new_id
FROM (
    SELECT old.id AS old_id, new.id AS new_id
    FROM unnest(%(old)s::text[], %(new)s::text[]) AS pair (old, new)
    JOIN LATERAL (
        SELECT id, account_id FROM identity
        WHERE kind = 'student_key' AND organization_id = %(organization_id)s
          AND folded = pair.old
        LIMIT 1
    ) AS old ON true
    JOIN LATERAL (
        SELECT id, account_id FROM identity
        WHERE kind = 'student_key' AND organization_id = %(organization_id)s
          AND folded = pair.new
        LIMIT 1
    ) AS new ON true
    WHERE old.account_id = new.account_id
) AS moved
WHERE assertion.accepted_id = moved.old_id
"""

# A SAML provider without lasting names of its own means people by their keys (ADR 0021): they
# would come as somebody new. Where the new one is somebody's already, both stay as they are.
FOLLOW_SUBJECTS = """
UPDATE socialaccount_socialaccount AS way SET uid = moved.new
FROM unnest(%(old)s::text[], %(new)s::text[]) AS moved (old, new), provider
WHERE provider.organization_id = %(organization_id)s AND provider.protocol = 'saml'
  AND way.provider = provider.slug AND way.uid = moved.old
  AND NOT EXISTS (
    SELECT FROM socialaccount_socialaccount AS taken
    WHERE taken.provider = provider.slug AND taken.uid = moved.new
  )
"""

_DONE = {RekeyVerdict.RENAMED, RekeyVerdict.JOINED, RekeyVerdict.ALREADY}


def plan_key_migration(
    *, organization_id: int, pairs: Sequence[Rekeying], by: Actor
) -> list[Rekeyed]:
    """Answer for each student what ``migrate_keys`` would do, and do nothing.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    return plan_rekeying(organization_id=organization_id, pairs=pairs, by=by)


def migrate_keys(
    *, organization_id: int, pairs: Sequence[Rekeying], by: Actor, at: datetime, reason: str
) -> list[Rekeyed]:
    """Move a school's students from old keys to new ones, all in one transaction.

    Raises:
        InvalidReason: the reason cannot be kept.
        PermissionMissing: the actor may not manage sign-on.
        ReasonMissing: there is no reason.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    with transaction.atomic():
        answers = rekey_students(
            organization_id=organization_id, pairs=pairs, by=by, at=at, reason=reason
        )
        done = [
            pair
            for pair, answer in zip(pairs, answers, strict=True)
            if answer.verdict in _DONE and len(fold(pair.new)) <= SUBJECT_LENGTH
        ]
        params: dict[str, Any] = {
            "organization_id": organization_id,
            "old": [fold(pair.old) for pair in done],
            "new": [fold(pair.new) for pair in done],
        }
        with connection.cursor() as cursor:
            cursor.execute(FOLLOW, params)
            cursor.execute(FOLLOW_SUBJECTS, params)
    return answers


def map_keys_of_subjects(*, slug: str, subjects: Collection[str], by: Actor) -> dict[str, str]:
    """Return the student keys that were bound for subjects of a provider, in one query.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    found = Assertion.objects.filter(
        provider__slug=slug, social_account__uid__in=subjects, accepted__isnull=False
    )
    return dict(found.values_list("social_account__uid", "accepted__value"))
