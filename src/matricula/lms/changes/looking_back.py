"""Looking back: what was done to the names of one learner and to all that was made for them."""

from typing import Any

import msgspec
from django.db import connection

from matricula.lms.changes.cursors import Cursor
from matricula.lms.changes.telling import Change, tell_changes
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import list_visible_organizations


class LearnerChanges(msgspec.Struct, frozen=True):
    """Changes of one learner, the newest first; ``last`` is where to go on, None at the end."""

    changes: tuple[Change, ...]
    last: int | None


# Of the names that are theirs: everything, deleted rows included. Of a name that was theirs once:
# how it came and went, and no more; what was made for it is of whoever has it now.
OF_LEARNER = """
WITH own AS MATERIALIZED (
    SELECT id FROM identity
    WHERE (account_id = %(account_id)s OR id = %(identity_id)s)
      AND (%(everywhere)s OR organization_id = ANY(%(organization_ids)s::bigint[]))
), made AS (
    SELECT 'identity' AS subject, id AS row_id FROM own
  UNION ALL
    SELECT 'program_enrollment', e.id FROM own
    CROSS JOIN LATERAL (
        SELECT id FROM program_enrollment WHERE identity_id = own.id OFFSET 0
    ) AS e
  UNION ALL
    SELECT 'course_enrollment', g.id FROM own
    CROSS JOIN LATERAL (
        SELECT id FROM course_enrollment WHERE identity_id = own.id OFFSET 0
    ) AS g
  UNION ALL
    SELECT 'course_role', r.id FROM own
    CROSS JOIN LATERAL (SELECT id FROM course_role WHERE identity_id = own.id OFFSET 0) AS r
  UNION ALL
    SELECT deleted.subject, deleted.row_id FROM own
    CROSS JOIN unnest(ARRAY['program_enrollment', 'course_enrollment', 'course_role'])
        AS kinds (subject)
    CROSS JOIN LATERAL (
        SELECT subject, row_id FROM change
        WHERE subject = kinds.subject AND after IS NULL
          AND before -> 'identity_id' = own.id::text::jsonb
        OFFSET 0
    ) AS deleted
), once AS (
    SELECT lost.row_id FROM (
        SELECT DISTINCT row_id FROM change
        WHERE subject = 'identity' AND before -> 'account_id' = %(account_id)s::text::jsonb
    ) AS lost
    JOIN LATERAL (SELECT organization_id FROM identity WHERE id = lost.row_id LIMIT 1) AS i ON true
    WHERE lost.row_id NOT IN (SELECT id FROM own)
      AND (%(everywhere)s OR i.organization_id = ANY(%(organization_ids)s::bigint[]))
), found AS (
    SELECT c.transaction_id, c.id FROM made
    CROSS JOIN LATERAL (
        SELECT transaction_id, id FROM change
        WHERE row_id = made.row_id AND subject = made.subject
        OFFSET 0
    ) AS c
  UNION ALL
    SELECT c.transaction_id, c.id FROM once
    CROSS JOIN LATERAL (
        SELECT transaction_id, id, before, after FROM change
        WHERE row_id = once.row_id AND subject = 'identity'
        OFFSET 0
    ) AS c
    WHERE %(account_id)s::text::jsonb IN (c.before -> 'account_id', c.after -> 'account_id')
)
SELECT transaction_id, id FROM found
WHERE %(before)s::bigint IS NULL OR id < %(before)s
ORDER BY id DESC LIMIT %(limit)s
"""


def list_changes_of_learner(
    *,
    account_id: int | None,
    identity_id: int | None,
    before: int | None = None,
    limit: int,
    by: Actor,
) -> LearnerChanges:
    """Return what the ledger has of an account's names, or of one name that waits; two queries.

    As far as the actor may see the names. ``before`` is the ``last`` of the page before.

    Raises:
        PermissionMissing: the actor may read enrollments nowhere.
    """
    visible = list_visible_organizations(by=by, account_id=account_id)
    params: dict[str, Any] = {
        "account_id": account_id,
        "identity_id": identity_id,
        "everywhere": visible is None,
        "organization_ids": sorted(visible or ()),
        "before": before,
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_LEARNER, params)
        places = [Cursor(*row) for row in cursor.fetchall()]
    told = sorted(tell_changes(places[:limit]), key=lambda change: -change.id)
    return LearnerChanges(tuple(told), told[-1].id if len(places) > limit else None)
