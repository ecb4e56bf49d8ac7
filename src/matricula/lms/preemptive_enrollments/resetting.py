"""Starting a school over, where integrations are tried out: nobody is enrolled, none has claimed.

Off unless the installation says ``ENROLLMENT_RESET`` (ADR 0013).
"""

from datetime import datetime

import msgspec
from django.conf import settings
from django.db import connection

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.kernel.api import (
    UNSTORABLE,
    Actor,
    Lock,
    NotAllowed,
    lock_until_commit,
    quote,
)
from matricula.lms.ledger.api import recorded
from matricula.lms.organizations.api import UnknownOrganization, get_organization
from matricula.lms.preemptive_enrollments.withdrawing import (
    DELETE_ENROLLMENTS,
    DELETE_GRANTS,
    DELETE_ROLES,
)

REASON = "the school was started over"


class ResetNotEnabled(NotAllowed):
    """No school is started over here."""

    code = "reset-not-enabled"


class Reset(msgspec.Struct, frozen=True):
    """How many rows were deleted, and how many student keys wait again."""

    program_enrollments: int
    course_enrollments: int
    course_roles: int
    identities: int


PROGRAMS = """
SELECT program_id FROM program_organization
WHERE position = 0 AND organization_id = %(organization_id)s
"""

# In the order in which every writer goes through identities.
LOCK_IDENTITIES = """
SELECT count(*) FROM (
    SELECT 1 FROM identity
    WHERE kind = 'student_key' AND organization_id = %(organization_id)s AND retired_at IS NULL
    ORDER BY kind, organization_id, folded COLLATE "C"
    FOR NO KEY UPDATE
) AS locked
"""

# Only the school's own students in its own programs: a program that it has taken over keeps those
# of the school before.
ENROLLMENTS = """
SELECT coalesce(array_agg(e.id), '{}')
FROM program_enrollment AS e
JOIN LATERAL (SELECT organization_id FROM identity WHERE id = e.identity_id LIMIT 1) AS i
    ON i.organization_id = %(organization_id)s
WHERE e.program_id = ANY(%(program_ids)s)
"""

UNBIND = """
UPDATE identity SET account_id = NULL, bound_at = NULL, bound_via = NULL
WHERE kind = 'student_key' AND organization_id = %(organization_id)s AND account_id IS NOT NULL
"""

CLOSE_CONFLICTS = """
UPDATE binding_conflict SET resolved_at = %(at)s, resolution = %(resolution)s
FROM identity AS i
WHERE i.id = binding_conflict.identity_id AND i.kind = 'student_key'
  AND i.organization_id = %(organization_id)s AND binding_conflict.resolved_at IS NULL
"""


def is_reset_enabled() -> bool:
    """Tell whether this installation starts schools over."""
    return bool(settings.ENROLLMENT_RESET)


def reset_organization(*, key: str, by: Actor, at: datetime) -> Reset:
    """Delete what the organization's programs gave its students, and unbind its student keys.

    All of it or nothing; the ledger has each row. Accounts stay, and so does what they have from
    elsewhere.

    Raises:
        ResetNotEnabled: this installation does not do it.
        UnknownOrganization: there is none of that key whose enrollments the actor may write.
    """
    if not is_reset_enabled():
        raise ResetNotEnabled("Schools cannot be started over here.")
    organization_id = _get_writable(key, by=by)
    params = {"organization_id": organization_id}
    with recorded(by=by, at=at, reason=REASON), connection.cursor() as cursor:
        lock_until_commit(Lock.MENTION, [organization_id])
        cursor.execute(PROGRAMS, params)
        program_ids = [id_ for (id_,) in cursor.fetchall()]
        lock_until_commit(Lock.PROGRAM, program_ids)
        cursor.execute(LOCK_IDENTITIES, params)
        cursor.execute(ENROLLMENTS, {**params, "program_ids": program_ids})
        chosen = {"program_enrollment_ids": cursor.fetchone()[0], "direct_ids": []}
        roles = cursor.execute(DELETE_ROLES, chosen).rowcount
        grants = cursor.execute(DELETE_GRANTS, chosen).rowcount
        enrollments = cursor.execute(DELETE_ENROLLMENTS, chosen).rowcount
        identities = cursor.execute(UNBIND, params).rowcount
        cursor.execute(CLOSE_CONFLICTS, {**params, "at": at, "resolution": f"kept: {REASON}"})
        return Reset(enrollments, grants, roles, identities)


def _get_writable(key: str, *, by: Actor) -> int:
    if not UNSTORABLE.search(key):
        organization_id = int(get_organization(key=key).pk)
        if has_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=organization_id):
            return organization_id
    raise UnknownOrganization(f"There is no organization {quote(key)}.")
