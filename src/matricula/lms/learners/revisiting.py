"""Revisiting a program: its enrollments and grants as they were at a moment, a page at a time."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import ListedCourseEnrollment, Position
from matricula.lms.identities.api import IdentityName
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import (
    STUDYING,
    ListedProgramEnrollment,
    list_wanted_identities,
)


class PastWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows of a program are meant, as they were then; None leaves a side open.

    ``statuses`` are those of program enrollments; course runs and ``is_active`` are for grants.
    """

    statuses: tuple[str, ...] | None = None
    names: tuple[IdentityName, ...] | None = None
    waiting: bool | None = None
    course_run_ids: tuple[int, ...] | None = None
    is_active: bool | None = None


# The program enrollments that may have been there, those since deleted included, in the order of
# their ids: each half by an index that keeps it. What was made later is not looked up in vain.
OF_PROGRAM = """
    (
        SELECT id FROM program_enrollment
        WHERE program_id = %(program_id)s AND id >= %(from_id)s AND created_at <= %(as_of)s
        ORDER BY id
    ) UNION ALL (
        SELECT row_id FROM change
        WHERE subject = 'program_enrollment' AND after IS NULL AND row_id >= %(from_id)s
          AND before -> 'program_id' = to_jsonb(%(program_id)s::bigint)
        ORDER BY row_id
    ) ORDER BY id
"""

OF_IDENTITIES = """
    SELECT id FROM program_enrollment
    WHERE identity_id = ANY(%(identity_ids)s::bigint[])
      AND program_id = %(program_id)s AND id >= %(from_id)s AND created_at <= %(as_of)s
  UNION ALL
    SELECT row_id FROM change
    WHERE subject = 'program_enrollment' AND after IS NULL AND row_id >= %(from_id)s
      AND before -> 'identity_id' = ANY(%(identity_texts)s::jsonb[])
      AND before -> 'program_id' = to_jsonb(%(program_id)s::bigint)
    ORDER BY id
"""

# What the last act at or before the moment left of each row, as in the ledger's own recalling; and
# who held the identity then.
_ENROLLMENT_THEN = """
    CROSS JOIN LATERAL (
        SELECT c.after AS was
        FROM change c JOIN change_set s ON s.id = c.change_set_id
        WHERE c.row_id = enrollment.id AND c.subject = 'program_enrollment' AND s.at <= %(as_of)s
        ORDER BY s.at DESC, c.id DESC LIMIT 1
    ) AS e
    LEFT JOIN LATERAL (
        SELECT (c.after ->> 'account_id')::bigint AS account_id,
               c.after ->> 'retired_at' IS NOT NULL AS is_retired
        FROM change c JOIN change_set s ON s.id = c.change_set_id
        WHERE c.row_id = (e.was ->> 'identity_id')::bigint AND c.subject = 'identity'
          AND s.at <= %(as_of)s
        ORDER BY s.at DESC, c.id DESC LIMIT 1
    ) AS held ON true
"""

_IS_WANTED = """
        e.was IS NOT NULL
        AND (%(statuses)s::text[] IS NULL OR e.was ->> 'status' = ANY(%(statuses)s::text[]))
        AND (%(waiting)s::boolean IS NULL
             OR (held.account_id IS NULL AND held.is_retired IS NOT TRUE) = %(waiting)s)
"""

_PLACED = """
JOIN identity i ON i.id = (page.enrollment ->> 'identity_id')::bigint
JOIN program ON program.id = (page.enrollment ->> 'program_id')::bigint
JOIN curriculum ON curriculum.id = (page.enrollment ->> 'curriculum_id')::bigint
LEFT JOIN organization ON organization.id = i.organization_id
LEFT JOIN LATERAL (
    SELECT username, email FROM account WHERE id = page.account_id LIMIT 1
) AS account ON true
"""

PROGRAM_ENROLLMENTS = f"""
SELECT page.id, CASE WHEN i.kind = 'student_key' THEN i.value END, organization.key,
       program.key, program.uuid::text, curriculum.uuid::text, page.enrollment ->> 'status',
       page.account_id IS NULL AND page.is_retired IS NOT TRUE, page.account_id IS NOT NULL,
       coalesce(account.username, ''), coalesce(account.email, ''),
       (page.enrollment ->> 'created_at')::timestamptz,
       (page.enrollment ->> 'modified_at')::timestamptz
FROM (
    SELECT enrollment.id, e.was AS enrollment, held.account_id, held.is_retired
    FROM ({{candidates}}) AS enrollment
    {_ENROLLMENT_THEN}
    WHERE {_IS_WANTED}
    ORDER BY enrollment.id LIMIT %(limit)s
) AS page
{_PLACED}
ORDER BY page.id
"""

# A role's row is made and deleted, and never changes between.
COURSE_ENROLLMENTS = f"""
SELECT page.enrollment_id, page.id, i.kind, i.value, organization.key,
       program.key, program.uuid::text, curriculum.uuid::text, page.enrollment ->> 'status',
       run.key, run.external_key, page.was ->> 'mode', (page.was ->> 'is_active')::boolean,
       (page.was ->> 'is_active')::boolean AND page.account_id IS NOT NULL
           AND page.enrollment ->> 'status' = ANY(%(studying)s::text[]),
       EXISTS (
           SELECT FROM course_role r
           WHERE r.identity_id = i.id AND r.course_run_id = run.id AND r.role = 'staff'
             AND r.created_at <= %(as_of)s
       ) OR EXISTS (
           SELECT FROM change c JOIN change_set s ON s.id = c.change_set_id
           WHERE c.subject = 'course_role' AND c.after IS NULL
             AND c.before -> 'identity_id' = to_jsonb(i.id)
             AND c.before -> 'course_run_id' = to_jsonb(run.id)
             AND (c.before ->> 'created_at')::timestamptz <= %(as_of)s AND s.at > %(as_of)s
       ),
       page.account_id IS NULL AND page.is_retired IS NOT TRUE, page.account_id IS NOT NULL,
       coalesce(account.username, ''), coalesce(account.email, ''),
       (page.was ->> 'created_at')::timestamptz, (page.was ->> 'modified_at')::timestamptz
FROM (
    SELECT enrollment.id AS enrollment_id, given.id, g.was, e.was AS enrollment,
           held.account_id, held.is_retired
    FROM ({{candidates}}) AS enrollment
    CROSS JOIN LATERAL (
        SELECT id FROM course_enrollment
        WHERE program_enrollment_id = enrollment.id AND created_at <= %(as_of)s
      UNION ALL
        SELECT row_id FROM change
        WHERE subject = 'course_enrollment' AND after IS NULL
          AND before -> 'program_enrollment_id' = to_jsonb(enrollment.id)
    ) AS given
    CROSS JOIN LATERAL (
        SELECT c.after AS was
        FROM change c JOIN change_set s ON s.id = c.change_set_id
        WHERE c.row_id = given.id AND c.subject = 'course_enrollment' AND s.at <= %(as_of)s
        ORDER BY s.at DESC, c.id DESC LIMIT 1
    ) AS g
    {_ENROLLMENT_THEN}
    WHERE {_IS_WANTED} AND g.was IS NOT NULL
      AND (enrollment.id, given.id) > (%(from_id)s, %(after)s)
      AND (%(course_run_ids)s::bigint[] IS NULL
           OR (g.was ->> 'course_run_id')::bigint = ANY(%(course_run_ids)s::bigint[]))
      AND (%(is_active)s::boolean IS NULL OR (g.was ->> 'is_active')::boolean = %(is_active)s)
    ORDER BY enrollment.id, given.id LIMIT %(limit)s
) AS page
JOIN course_run AS run ON run.id = (page.was ->> 'course_run_id')::bigint
{_PLACED}
ORDER BY page.enrollment_id, page.id
"""


def list_past_program_enrollments(
    *,
    program: ProgramOutline,
    as_of: datetime,
    by: Actor,
    which: PastWanted | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[ListedProgramEnrollment]:
    """Return at most ``limit`` program enrollments of a program at a moment, by ascending id.

    One query after the permission, and another one if there are names. Who had an account is said
    as of then; the account's words, and student keys, are today's.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id)
    params = _list_params(program, as_of, which or PastWanted(), limit)
    params["from_id"] = 0 if after is None else after + 1
    statement = PROGRAM_ENROLLMENTS.format(candidates=_choose_candidates(params))
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [ListedProgramEnrollment(*row) for row in cursor.fetchall()]


def list_past_course_enrollments(
    *,
    program: ProgramOutline,
    as_of: datetime,
    by: Actor,
    which: PastWanted | None = None,
    after: Position | None = None,
    limit: int | None = None,
) -> list[ListedCourseEnrollment]:
    """Return at most ``limit`` grants through a program at a moment, by ascending position.

    As ``list_past_program_enrollments``. Staff roles are those of the identity alone.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id)
    params = _list_params(program, as_of, which or PastWanted(), limit)
    params["from_id"], params["after"] = after or (0, 0)
    statement = COURSE_ENROLLMENTS.format(candidates=_choose_candidates(params))
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [ListedCourseEnrollment(*row) for row in cursor.fetchall()]


def _choose_candidates(params: dict[str, Any]) -> str:
    return OF_PROGRAM if params["identity_ids"] is None else OF_IDENTITIES


def _list_params(
    program: ProgramOutline, as_of: datetime, which: PastWanted, limit: int | None
) -> dict[str, Any]:
    ids = list_wanted_identities(which.names, None)
    return {
        "program_id": program.id,
        "as_of": as_of,
        "limit": limit,
        "identity_ids": ids,
        "identity_texts": [str(id_) for id_ in ids or ()],
        "statuses": None if which.statuses is None else list(which.statuses),
        "waiting": which.waiting,
        "course_run_ids": None if which.course_run_ids is None else list(which.course_run_ids),
        "is_active": which.is_active,
        "studying": STUDYING,
    }
