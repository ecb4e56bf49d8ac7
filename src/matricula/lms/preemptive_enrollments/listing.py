"""Listing what waits."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.identities.api import IdentityName, list_identity_ids
from matricula.lms.kernel.api import Actor


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Which waiting enrollments are meant; None leaves a side open.

    ``program_ids`` means those of any of these programs, and no direct ones.
    ``unchanged_since`` means those in which nothing was written after that moment: neither in the
    enrollment itself nor, for a program, in any course of it.
    """

    program_id: int | None = None
    program_ids: tuple[int, ...] | None = None
    organization_id: int | None = None
    names: tuple[IdentityName, ...] | None = None
    unchanged_since: datetime | None = None


class WaitingEnrollment(msgspec.Struct, frozen=True):
    """Something that waits: a program with its courses, or a direct course enrollment."""

    kind: str
    organization: str | None
    value: str
    program: str | None
    course_run: str | None
    status: str
    courses: int
    since: datetime
    last_change: datetime


# Shared by listing and taking back: the program enrollments and direct grants that are meant. From
# each to its identity by one probe, in any plan (ADR 0005).
CHOSEN = """
WITH chosen_program AS (
    SELECT e.id, e.identity_id, e.program_id, e.status, e.created_at, courses.count AS courses,
           greatest(e.modified_at, courses.modified_at) AS modified_at
    FROM program_enrollment e
    JOIN LATERAL (SELECT * FROM identity WHERE id = e.identity_id LIMIT 1) AS i ON true
    LEFT JOIN LATERAL (
        SELECT count(*), max(g.modified_at) AS modified_at
        FROM course_enrollment g WHERE g.program_enrollment_id = e.id
    ) AS courses ON true
    WHERE i.account_id IS NULL AND i.retired_at IS NULL
      AND (%(program_id)s::bigint IS NULL OR e.program_id = %(program_id)s)
      AND (%(program_ids)s::bigint[] IS NULL OR e.program_id = ANY(%(program_ids)s::bigint[]))
      AND (%(among_programs)s::bigint[] IS NULL
           OR e.program_id = ANY(%(among_programs)s::bigint[]))
      AND (%(organization_id)s::bigint IS NULL OR i.organization_id = %(organization_id)s)
      AND (%(identity_ids)s::bigint[] IS NULL OR e.identity_id = ANY(%(identity_ids)s::bigint[]))
      AND (%(everywhere)s OR i.organization_id = ANY(%(permitted)s::bigint[]))
      AND (%(unchanged_since)s::timestamptz IS NULL
           OR greatest(e.modified_at, courses.modified_at) <= %(unchanged_since)s)
), chosen_direct AS (
    SELECT g.id, g.identity_id, g.course_run_id, g.is_active, g.created_at, g.modified_at
    FROM course_enrollment g
    JOIN LATERAL (SELECT * FROM identity WHERE id = g.identity_id LIMIT 1) AS i ON true
    WHERE g.program_enrollment_id IS NULL
      AND i.account_id IS NULL AND i.retired_at IS NULL
      AND %(program_id)s::bigint IS NULL AND %(program_ids)s::bigint[] IS NULL
      AND (%(among_runs)s::bigint[] IS NULL
           OR g.course_run_id = ANY(%(among_runs)s::bigint[]))
      AND (%(organization_id)s::bigint IS NULL OR i.organization_id = %(organization_id)s)
      AND (%(identity_ids)s::bigint[] IS NULL OR g.identity_id = ANY(%(identity_ids)s::bigint[]))
      AND (%(everywhere)s OR i.organization_id = ANY(%(permitted)s::bigint[]))
      AND (%(unchanged_since)s::timestamptz IS NULL OR g.modified_at <= %(unchanged_since)s)
)"""

LIST = (
    CHOSEN
    + """
SELECT i.kind, organization.key, i.value, program.key, run.key, given.status, given.courses,
       given.created_at, given.modified_at
FROM (
    SELECT identity_id, program_id, NULL::bigint AS course_run_id, status, courses,
           created_at, modified_at
    FROM chosen_program
  UNION ALL
    SELECT identity_id, NULL, course_run_id, CASE WHEN is_active THEN 'active' ELSE 'inactive' END,
           1, created_at, modified_at
    FROM chosen_direct
) AS given
JOIN identity i ON i.id = given.identity_id
LEFT JOIN organization ON organization.id = i.organization_id
LEFT JOIN program ON program.id = given.program_id
LEFT JOIN course_run run ON run.id = given.course_run_id
ORDER BY given.created_at, i.id, program.key, run.key
"""
)


def list_waiting(*, which: Waiting, by: Actor) -> list[WaitingEnrollment]:
    """Return what waits, oldest first, of the organizations the actor may read.

    One query, and another one if there are names.
    """
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    with connection.cursor() as cursor:
        cursor.execute(LIST, choice_params(which, permitted))
        return [WaitingEnrollment(*row) for row in cursor.fetchall()]


def choice_params(which: Waiting, permitted: frozenset[int] | None) -> dict[str, Any]:
    """Return the parameters of ``CHOSEN``."""
    return {
        "program_id": which.program_id,
        "program_ids": None if which.program_ids is None else list(which.program_ids),
        "organization_id": which.organization_id,
        "identity_ids": None if which.names is None else list_identity_ids(names=which.names),
        "unchanged_since": which.unchanged_since,
        "everywhere": permitted is None,
        "permitted": sorted(permitted or ()),
        "among_programs": None,
        "among_runs": None,
    }
