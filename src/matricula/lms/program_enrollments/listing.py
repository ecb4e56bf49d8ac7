"""Listing program enrollments, a page at a time; a page costs the same however far in it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.identities.api import IdentityName, list_identity_ids
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.seeing import list_visible_organizations


class ProgramEnrollmentsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which program enrollments are meant; None leaves a side open, and all sides must be met.

    ``organization_id`` is whose student keys, in programs that name it. ``changed_since`` is met
    by a row that was written, or whose identity was bound or retired, at that moment or later.
    """

    program_id: int | None = None
    curriculum_id: int | None = None
    organization_id: int | None = None
    statuses: tuple[str, ...] | None = None
    names: tuple[IdentityName, ...] | None = None
    identity_ids: tuple[int, ...] | None = None
    account_id: int | None = None
    waiting: bool | None = None
    changed_since: datetime | None = None


class ListedProgramEnrollment(msgspec.Struct, frozen=True, gc=False):
    """A program enrollment in outsiders' words; ``id`` is its place in the list.

    ``student_key`` is as stored, of retired people the word that stands for it. Without an account
    ``username`` and ``email`` are empty. ``program`` and ``organization`` are keys, ``curriculum``
    is a uuid.
    """

    id: int
    student_key: str | None
    organization: str | None
    program: str
    program_uuid: str
    curriculum: str
    status: str
    waiting: bool
    account_exists: bool
    username: str
    email: str
    created_at: datetime
    modified_at: datetime


# From each start, of which there are few, at most a page by the index that begins with it: there
# the ids come in order, and nothing is read but what is shown and what the filters turn away. The
# start is asked for as the ends of a range and named in the order, so that no other index will do:
# given an equation, the planner may read the primary key and throw everybody else's rows away.
# From each row to its identity by one probe, in any plan (ADR 0005).
PAGE = """
SELECT page.id, CASE WHEN page.kind = 'student_key' THEN page.value END, organization.key,
       program.key, program.uuid::text, curriculum.uuid::text, page.status,
       page.account_id IS NULL AND page.retired_at IS NULL, page.account_id IS NOT NULL,
       coalesce(account.username, ''), coalesce(account.email, ''),
       page.created_at, page.modified_at
FROM (
    SELECT found.* FROM {start} CROSS JOIN LATERAL (
        SELECT e.id, e.program_id, e.curriculum_id, e.status, e.created_at, e.modified_at,
               i.kind, i.value, i.organization_id, i.account_id, i.retired_at
        FROM program_enrollment e
        JOIN LATERAL (SELECT * FROM identity WHERE id = e.identity_id LIMIT 1) AS i ON true
        WHERE {at_start}
          AND (%(curriculum_id)s::bigint IS NULL OR e.curriculum_id = %(curriculum_id)s)
          AND (%(statuses)s::text[] IS NULL OR e.status = ANY(%(statuses)s::text[]))
          AND (%(organization_id)s::bigint IS NULL OR i.organization_id = %(organization_id)s)
          AND (%(waiting)s::boolean IS NULL
               OR (i.account_id IS NULL AND i.retired_at IS NULL) = %(waiting)s)
          AND (%(changed_since)s::timestamptz IS NULL
               OR greatest(e.modified_at, i.bound_at, i.retired_at) >= %(changed_since)s)
        ORDER BY {index_order} LIMIT %(limit)s
    ) AS found
    ORDER BY found.id {{direction}} LIMIT %(limit)s
) AS page
JOIN program ON program.id = page.program_id
JOIN curriculum ON curriculum.id = page.curriculum_id
LEFT JOIN organization ON organization.id = page.organization_id
LEFT JOIN LATERAL (
    SELECT username, email FROM account WHERE id = page.account_id LIMIT 1
) AS account ON true
ORDER BY page.id {{direction}}
"""

ANYWHERE = {
    "start": "(SELECT) AS start",
    "at_start": "e.id > %(after)s AND e.id < %(before)s",
    "index_order": "e.id {direction}",
}

# A school's student keys are in programs that name the school, first or not.
OF_PROGRAMS = {
    "start": """(
        SELECT id FROM program
        WHERE (%(program_id)s::bigint IS NULL OR id = %(program_id)s)
          AND (%(everywhere)s OR id = ANY(ARRAY(
              SELECT program_id FROM program_organization
              WHERE position = 0 AND organization_id = ANY(%(visible)s::bigint[])
          )))
          AND (%(organization_id)s::bigint IS NULL OR id = ANY(ARRAY(
              SELECT program_id FROM program_organization
              WHERE organization_id = %(organization_id)s
          )))
    ) AS start""",
    "at_start": """(e.program_id, e.id) > (start.id, %(after)s)
          AND (e.program_id, e.id) < (start.id, %(before)s)""",
    "index_order": "e.program_id {direction}, e.id {direction}",
}

OF_IDENTITIES = {
    "start": """(
        SELECT id FROM identity
        WHERE (%(identity_ids)s::bigint[] IS NULL OR id = ANY(%(identity_ids)s::bigint[]))
          AND (%(account_id)s::bigint IS NULL OR account_id = %(account_id)s)
    ) AS start""",
    "at_start": """(e.identity_id, e.id) > (start.id, %(after)s)
          AND (e.identity_id, e.id) < (start.id, %(before)s)
          AND (%(program_id)s::bigint IS NULL OR e.program_id = %(program_id)s)
          AND (%(everywhere)s OR e.program_id = ANY(ARRAY(
              SELECT program_id FROM program_organization
              WHERE position = 0 AND organization_id = ANY(%(visible)s::bigint[])
          )))""",
    "index_order": "e.identity_id {direction}, e.id {direction}",
}

LAST_ID = 2**63 - 1


def list_program_enrollments(
    *,
    which: ProgramEnrollmentsWanted,
    limit: int,
    by: Actor,
    after: int | None = None,
    before: int | None = None,
) -> list[ListedProgramEnrollment]:
    """Return at most ``limit`` program enrollments by ascending id, as far as the actor may see.

    ``after`` an id come the next ones; ``before`` an id, and without ``after``, the last ones that
    precede it. One query after the permission, and another one if there are names. What belongs to
    programs of other organizations is left out.

    Raises:
        PermissionMissing: the program or organization asked for is not one the actor may read.
    """
    visible = list_visible_organizations(
        by=by,
        program_id=which.program_id,
        organization_id=which.organization_id,
        account_id=which.account_id,
    )
    backwards = before is not None and after is None
    statement = format_page(PAGE, _choose_start(which, visible), backwards=backwards)
    params = _list_params(which, visible)
    params |= {"after": after or 0, "before": before or LAST_ID, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = [ListedProgramEnrollment(*row) for row in cursor.fetchall()]
    return rows[::-1] if backwards else rows


def format_page(page: str, start: Mapping[str, str], *, backwards: bool) -> str:
    """Return the statement of a page that begins at a start and is read in a direction."""
    return page.format(**start).format(direction="DESC" if backwards else "")


def list_wanted_identities(
    names: Sequence[IdentityName] | None, identity_ids: Sequence[int] | None
) -> list[int] | None:
    """Return the ids that names and ids together leave; None if neither was given."""
    if names is None:
        return None if identity_ids is None else list(identity_ids)
    named = list_identity_ids(names=names)
    return named if identity_ids is None else [id_ for id_ in named if id_ in set(identity_ids)]


def _choose_start(
    which: ProgramEnrollmentsWanted, visible: frozenset[int] | None
) -> dict[str, str]:
    if (which.names, which.identity_ids, which.account_id) != (None, None, None):
        return OF_IDENTITIES
    if (which.program_id, which.organization_id, visible) != (None, None, None):
        return OF_PROGRAMS
    return ANYWHERE


def _list_params(
    which: ProgramEnrollmentsWanted, visible: frozenset[int] | None
) -> dict[str, Any]:
    return {
        "program_id": which.program_id,
        "curriculum_id": which.curriculum_id,
        "organization_id": which.organization_id,
        "statuses": None if which.statuses is None else list(which.statuses),
        "identity_ids": list_wanted_identities(which.names, which.identity_ids),
        "account_id": which.account_id,
        "waiting": which.waiting,
        "changed_since": which.changed_since,
        "everywhere": visible is None,
        "visible": sorted(visible or ()),
    }
