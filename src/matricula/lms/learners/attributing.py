"""Attributing: by whom each name of a learner was bound, and when it was first heard of."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.program_enrollments.api import list_visible_organizations


class NameOfLearner(msgspec.Struct, frozen=True):
    """A name of a learner; of one that waits all from ``bound_at`` on is None or empty."""

    kind: str
    organization_id: int | None
    organization: str | None
    value: str
    is_retired: bool
    mentioned_at: datetime | None
    bound_at: datetime | None
    bound_via: str | None
    bound_by: str
    reason: str


# The ledger says who: the last change that brought the name to where it is.
NAMES = """
SELECT i.kind, i.organization_id, organization.key, i.value, i.retired_at IS NOT NULL, first.at,
       i.bound_at, i.bound_via, coalesce(bound.actor, ''), coalesce(bound.reason, '')
FROM identity AS i
LEFT JOIN organization ON organization.id = i.organization_id
LEFT JOIN LATERAL (
    SELECT s.at FROM change AS c JOIN change_set AS s ON s.id = c.change_set_id
    WHERE c.row_id = i.id AND c.subject = 'identity' ORDER BY c.id LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT s.actor, s.reason FROM change AS c JOIN change_set AS s ON s.id = c.change_set_id
    WHERE c.row_id = i.id AND c.subject = 'identity' AND i.account_id IS NOT NULL
      AND c.after -> 'account_id' = i.account_id::text::jsonb
      AND c.before -> 'account_id' IS DISTINCT FROM c.after -> 'account_id'
    ORDER BY c.id DESC LIMIT 1
) AS bound ON true
WHERE (i.account_id = %(account_id)s
       OR (i.id = %(identity_id)s AND %(account_id)s::bigint IS NULL))
  AND (%(everywhere)s OR i.organization_id = ANY(%(organization_ids)s::bigint[]))
ORDER BY i.id
"""


def list_names_of_learner(*, learner: Learner, by: Actor) -> list[NameOfLearner]:
    """Return the names that the actor may see, in the order in which they were heard of.

    One query after the permission.
    """
    permitted = list_visible_organizations(by=by, account_id=learner.account_id)
    params: dict[str, Any] = {
        "account_id": learner.account_id,
        "identity_id": learner.identity_id,
        "everywhere": permitted is None,
        "organization_ids": sorted(permitted or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMES, params)
        return [NameOfLearner(*row) for row in cursor.fetchall()]
