"""Noting how far each follower of the ledger has come, so that who lags behind is seen."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.changes.cursors import Cursor
from matricula.lms.kernel.api import Actor

MOST_COUNTED = 10_000
SHOWN = 20
FORGOTTEN_AFTER = timedelta(days=30)
"""Who has not asked for so long follows no more."""


class FollowerFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How far a follower has come.

    ``behind`` counts the changes that they have not been given, up to ``MOST_COUNTED``, whether
    or not they would want them; ``behind_since`` is when the first of those was recorded.
    """

    username: str
    asked_at: datetime
    behind: int
    behind_since: datetime | None


NOTE = """
INSERT INTO follower (account_id, transaction_id, change_id, asked_at)
VALUES (%(account_id)s, %(transaction_id)s, %(change_id)s, %(at)s)
ON CONFLICT (account_id) DO UPDATE SET transaction_id = EXCLUDED.transaction_id,
    change_id = EXCLUDED.change_id, asked_at = EXCLUDED.asked_at
"""

# From each follower on one range of one index, with an end.
FOLLOWERS = """
SELECT account.username, follower.asked_at, unread.count, first.recorded_at
FROM follower
JOIN LATERAL (SELECT * FROM account WHERE id = follower.account_id LIMIT 1) AS account ON true
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM change
        WHERE (transaction_id, id) > (follower.transaction_id, follower.change_id)
        ORDER BY transaction_id, id LIMIT %(most)s
    ) AS counted
) AS unread
LEFT JOIN LATERAL (
    SELECT s.recorded_at
    FROM (
        SELECT change_set_id FROM change
        WHERE (transaction_id, id) > (follower.transaction_id, follower.change_id)
        ORDER BY transaction_id, id LIMIT 1
    ) AS c
    JOIN change_set AS s ON s.id = c.change_set_id
) AS first ON true
WHERE follower.asked_at > %(asked_after)s
ORDER BY first.recorded_at, follower.asked_at, follower.account_id
LIMIT %(limit)s
"""


def note_follower(*, place: Cursor, by: Actor, at: datetime) -> None:
    """Keep how far an account has followed the ledger; of who has none nothing is kept."""
    if by.account_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {"account_id": by.account_id, **place._asdict(), "at": at})


def list_followers(*, by: Actor, at: datetime) -> list[FollowerFigure]:
    """Return who has followed the ledger of late, those first that are furthest behind; one query.

    Raises:
        PermissionMissing: the actor may not operate the platform.
    """
    require_permission(by, Permission.PLATFORM_OPERATE)
    params: dict[str, Any] = {
        "most": MOST_COUNTED,
        "asked_after": at - FORGOTTEN_AFTER,
        "limit": SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWERS, params)
        return [
            FollowerFigure(username=username, asked_at=asked_at, behind=behind, behind_since=since)
            for username, asked_at, behind, since in cursor.fetchall()
        ]
