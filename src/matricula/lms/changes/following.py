"""Following the ledger: what was committed since a cursor, once and in order.

A transaction that began earlier may commit later, with a lower number. So nobody is shown a change
until every transaction with a lower number has ended.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.changes.cursors import START, Cursor
from matricula.lms.changes.telling import Change, tell_changes
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import list_visible_organizations

LOOKED_AT = 5_000
"""Changes that one page looks through for those that are wanted, so that it has an end."""


class ChangePage(msgspec.Struct, frozen=True):
    """Changes in the order of commits, and where to go on.

    ``is_end`` says that nothing more was committed: ask again later, from the ``next_cursor``. A
    page may have fewer changes than were asked for, or none, and not be the end.
    """

    changes: tuple[Change, ...]
    next_cursor: Cursor
    is_end: bool


# One range of one index. From the oldest transaction that still runs on, the order is not yet
# known.
REACH = """
SELECT transaction_id, id, count(*) OVER ()
FROM (
    SELECT transaction_id, id FROM change
    WHERE (transaction_id, id) > (%(transaction_id)s, %(change_id)s)
      AND transaction_id < ledger_horizon()
    ORDER BY transaction_id, id LIMIT %(looked_at)s
) AS committed
ORDER BY transaction_id DESC, id DESC LIMIT 1
"""

# Whose a change is: the identity's organization. Which program: of an enrollment its own; of a
# grant or a role its enrollment's, which the ledger knows if it was deleted; of an identity any
# that it is in now.
WANTED = """
SELECT c.transaction_id, c.id
FROM (
    SELECT *, coalesce(after, before) AS fields FROM change
    WHERE (transaction_id, id) > (%(transaction_id)s, %(change_id)s)
      AND (transaction_id, id) <= (%(last_transaction_id)s, %(last_change_id)s)
) AS c
LEFT JOIN LATERAL (
    SELECT organization_id FROM identity
    WHERE id = CASE c.subject
        WHEN 'identity' THEN c.row_id ELSE (c.fields ->> 'identity_id')::bigint
    END
    LIMIT 1
) AS i ON true
WHERE (%(subjects)s::text[] IS NULL OR c.subject = ANY(%(subjects)s::text[]))
  AND (%(everywhere)s OR i.organization_id = ANY(%(visible)s::bigint[]))
  AND (%(organization_id)s::bigint IS NULL OR i.organization_id = %(organization_id)s)
  AND (%(program_id)s::bigint IS NULL OR %(program_id)s = CASE c.subject
      WHEN 'identity' THEN (
          SELECT program_id FROM program_enrollment
          WHERE identity_id = c.row_id AND program_id = %(program_id)s LIMIT 1
      )
      WHEN 'program_enrollment' THEN (c.fields ->> 'program_id')::bigint
      ELSE coalesce((
          SELECT program_id FROM program_enrollment
          WHERE id = (c.fields ->> 'program_enrollment_id')::bigint
      ), (
          SELECT (coalesce(after, before) ->> 'program_id')::bigint FROM change
          WHERE row_id = (c.fields ->> 'program_enrollment_id')::bigint
            AND subject = 'program_enrollment' LIMIT 1
      ))
  END)
ORDER BY c.transaction_id, c.id LIMIT %(limit)s
"""


def list_changes(
    *,
    limit: int,
    by: Actor,
    after: Cursor = START,
    subjects: Sequence[str] | None = None,
    program_id: int | None = None,
    organization_id: int | None = None,
) -> ChangePage:
    """Return at most ``limit`` changes after a cursor in the order of commits.

    ``subjects`` are names of tables. Of a program are the changes of its enrollments, of grants
    and roles through them, and of the identities that are in it. Of an organization, or for who
    reads for some alone, are those whose identity is a student key of it. Three queries after the
    permission, whatever the number of changes and however far in they are.

    Raises:
        PermissionMissing: the program or organization asked for is not one the actor may read.
    """
    visible = list_visible_organizations(
        by=by, program_id=program_id, organization_id=organization_id
    )
    is_filtered = (subjects, program_id, organization_id, visible) != (None, None, None, None)
    looked_at = max(limit, LOOKED_AT) if is_filtered else limit
    last, count = _find_reach(after, looked_at)
    filters = {
        "subjects": None if subjects is None else list(subjects),
        "program_id": program_id,
        "organization_id": organization_id,
        "everywhere": visible is None,
        "visible": sorted(visible or ()),
    }
    wanted = _list_wanted(after, last, limit + 1, filters) if count else []
    is_whole = len(wanted) <= limit
    return ChangePage(
        changes=tuple(tell_changes(wanted[:limit])),
        next_cursor=last if is_whole else wanted[limit - 1],
        is_end=is_whole and count < looked_at,
    )


def _find_reach(after: Cursor, looked_at: int) -> tuple[Cursor, int]:
    """Return the last place that is looked at, and how many there are up to it."""
    params = {**after._asdict(), "looked_at": looked_at}
    with connection.cursor() as cursor:
        cursor.execute(REACH, params)
        found = cursor.fetchone()
    return (after, 0) if found is None else (Cursor(*found[:2]), found[2])


def _list_wanted(
    after: Cursor, last: Cursor, limit: int, filters: Mapping[str, Any]
) -> list[Cursor]:
    params = {
        **filters,
        **after._asdict(),
        "last_transaction_id": last.transaction_id,
        "last_change_id": last.change_id,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(WANTED, params)
        return [Cursor(*row) for row in cursor.fetchall()]
