"""Paging through what waits: a page costs the same however far in it begins."""

from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.identities.api import list_identity_ids
from matricula.lms.kernel.api import Actor
from matricula.lms.preemptive_enrollments.listing import Waiting, WaitingEnrollment


class WaitingKey(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where in the list something stands; good for the same choice alone."""

    identity_id: int
    is_direct: bool
    id: int


class WaitingPage(msgspec.Struct, frozen=True):
    """A part of what waits; ``last`` is where the next one goes on, None at the end."""

    rows: list[WaitingEnrollment]
    last: WaitingKey | None


START = WaitingKey(0, is_direct=False, id=0)

# A page of one program: one range of enrollment_of_program, from each to its identity by a probe.
# Of several, as many ranges as there are programs.
OF_PROGRAM = """
SELECT e.identity_id, false AS is_direct, e.id, e.program_id, NULL::bigint AS course_run_id,
       e.status, courses.count AS courses, e.created_at,
       greatest(e.modified_at, courses.modified_at) AS modified_at
FROM program_enrollment e
JOIN LATERAL (SELECT * FROM identity WHERE id = e.identity_id LIMIT 1) AS i ON true
LEFT JOIN LATERAL (
    SELECT count(*), max(g.modified_at) AS modified_at
    FROM course_enrollment g WHERE g.program_enrollment_id = e.id
) AS courses ON true
WHERE e.program_id = {program} AND e.id > %(after_id)s
  AND i.account_id IS NULL AND i.retired_at IS NULL
  AND (%(organization_id)s::bigint IS NULL OR i.organization_id = %(organization_id)s)
  AND (%(identity_ids)s::bigint[] IS NULL OR e.identity_id = ANY(%(identity_ids)s::bigint[]))
  AND (%(everywhere)s OR i.organization_id = ANY(%(permitted)s::bigint[]))
  AND (%(unchanged_since)s::timestamptz IS NULL
       OR greatest(e.modified_at, courses.modified_at) <= %(unchanged_since)s)
ORDER BY e.id
LIMIT %(limit)s
"""

# A page of everything: one range of identities by id, and of each what was made for it.
OF_ALL = """
SELECT i.id AS identity_id, made.*
FROM identity i
CROSS JOIN LATERAL (
    SELECT false AS is_direct, e.id, e.program_id, NULL::bigint AS course_run_id, e.status,
           courses.count AS courses, e.created_at,
           greatest(e.modified_at, courses.modified_at) AS modified_at
    FROM program_enrollment e
    LEFT JOIN LATERAL (
        SELECT count(*), max(g.modified_at) AS modified_at
        FROM course_enrollment g WHERE g.program_enrollment_id = e.id
    ) AS courses ON true
    WHERE e.identity_id = i.id
  UNION ALL
    SELECT true, g.id, NULL, g.course_run_id,
           CASE WHEN g.is_active THEN 'active' ELSE 'inactive' END,
           1, g.created_at, g.modified_at
    FROM course_enrollment g
    WHERE g.identity_id = i.id AND g.program_enrollment_id IS NULL
) AS made
WHERE i.account_id IS NULL AND i.retired_at IS NULL
  AND i.id >= %(after_identity_id)s
  AND (i.id, made.is_direct, made.id)
      > (%(after_identity_id)s, %(after_is_direct)s, %(after_id)s)
  AND (%(organization_id)s::bigint IS NULL OR i.organization_id = %(organization_id)s)
  AND (%(identity_ids)s::bigint[] IS NULL OR i.id = ANY(%(identity_ids)s::bigint[]))
  AND (%(everywhere)s OR i.organization_id = ANY(%(permitted)s::bigint[]))
  AND (%(unchanged_since)s::timestamptz IS NULL OR made.modified_at <= %(unchanged_since)s)
ORDER BY i.id, made.is_direct, made.id
LIMIT %(limit)s
"""

NAMED = """
SELECT page.identity_id, page.is_direct, page.id,
       i.kind, organization.key, i.value, program.key, run.key, page.status, page.courses,
       page.created_at, page.modified_at
FROM ({page}) AS page
JOIN LATERAL (SELECT * FROM identity WHERE id = page.identity_id LIMIT 1) AS i ON true
LEFT JOIN LATERAL (SELECT key FROM organization WHERE id = i.organization_id LIMIT 1)
    AS organization ON true
LEFT JOIN LATERAL (SELECT key FROM program WHERE id = page.program_id LIMIT 1) AS program ON true
LEFT JOIN LATERAL (SELECT key FROM course_run WHERE id = page.course_run_id LIMIT 1)
    AS run ON true
ORDER BY {order}
"""

PAGE_OF_PROGRAM = NAMED.format(page=OF_PROGRAM.format(program="%(program_id)s"), order="page.id")
PAGE_OF_PROGRAMS = NAMED.format(
    page=OF_PROGRAM.format(program="ANY(%(program_ids)s::bigint[])"), order="page.id"
)
PAGE_OF_ALL = NAMED.format(page=OF_ALL, order="page.identity_id, page.is_direct, page.id")


def page_waiting(
    *, which: Waiting, after: WaitingKey | None = None, limit: int, by: Actor
) -> WaitingPage:
    """Return a page of what waits, of the organizations the actor may read.

    In the order in which it was made: of programs by enrollment, otherwise by identity. One
    query, and another one if there are names.
    """
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    start = after or START
    params: dict[str, Any] = {
        "program_id": which.program_id,
        "program_ids": None if which.program_ids is None else list(which.program_ids),
        "organization_id": which.organization_id,
        "identity_ids": None if which.names is None else list_identity_ids(names=which.names),
        "unchanged_since": which.unchanged_since,
        "everywhere": permitted is None,
        "permitted": sorted(permitted or ()),
        "after_identity_id": start.identity_id,
        "after_is_direct": start.is_direct,
        "after_id": start.id,
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_choose_page(which), params)
        found = cursor.fetchall()
    rows = found[:limit]
    return WaitingPage(
        rows=[WaitingEnrollment(*row[3:]) for row in rows],
        last=WaitingKey(*rows[-1][:3]) if len(found) > limit else None,
    )


def _choose_page(which: Waiting) -> str:
    if which.program_id is not None:
        return PAGE_OF_PROGRAM
    return PAGE_OF_ALL if which.program_ids is None else PAGE_OF_PROGRAMS
