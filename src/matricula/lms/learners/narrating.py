"""Narrating somebody's history to themselves, from the ledger: what, when, and on whose side.

Nobody's name is told but the learner's own, and no reason: staff may name others in it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import list_merged_accounts
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.learners.picturing import list_known_identities
from matricula.lms.ledger.api import list_identities_once_of


class Author(StrEnum):
    """On whose side something was done."""

    YOU = "you"
    SCHOOL = "school"
    """Somebody who writes for the school that it is about."""
    SUPPORT = "support"
    MAIL = "mail"
    """The learner, by a link that was mailed to them."""
    SIGN_ON = "sign_on"
    """The learner, by signing in with their school."""
    PLATFORM = "platform"
    """The platform itself, or whoever runs it."""


class Episode(msgspec.Struct, frozen=True):
    """One thing that happened to somebody's enrollments or names; ``id`` is the change's.

    ``kind`` and ``value`` are the name it was about, ``school`` whose student key or program it
    is; ``program`` and ``course`` are titles. ``status`` is a program enrollment's; ``mode`` and
    ``is_active`` are a course enrollment's; each before and after, None where there was none.
    ``via`` is how a name became theirs; None: it ceased to be.
    """

    id: int
    at: datetime
    author: Author
    subject: Literal["identity", "program_enrollment", "course_enrollment", "course_role"]
    action: Literal["created", "changed", "deleted"]
    kind: str
    value: str
    school: str
    program: str | None
    program_uuid: UUID | None
    course: str | None
    course_run: str | None
    status: tuple[str | None, str | None]
    mode: tuple[str | None, str | None]
    is_active: tuple[bool | None, bool | None]
    via: str | None


# Each row's changes are one probe of an index, and few. Of names only what made them the
# account's, or took them away: to whom they were before or went since is not told.
HISTORY = """
WITH chosen (program_id) AS (
    SELECT coalesce((SELECT id FROM program WHERE uuid = %(program_uuid)s), 0)
    WHERE %(program_uuid)s::uuid IS NOT NULL
), owned (subject, row_id) AS (
    SELECT 'program_enrollment', e.id
    FROM unnest(%(identity_ids)s::bigint[]) AS own (id)
    CROSS JOIN LATERAL (
        SELECT id, program_id FROM program_enrollment WHERE identity_id = own.id OFFSET 0
    ) AS e
    WHERE %(program_uuid)s::uuid IS NULL OR e.program_id = (SELECT program_id FROM chosen)
  UNION ALL
    SELECT 'course_enrollment', g.id
    FROM unnest(%(identity_ids)s::bigint[]) AS own (id)
    CROSS JOIN LATERAL (
        SELECT id, program_enrollment_id FROM course_enrollment
        WHERE identity_id = own.id OFFSET 0
    ) AS g
    WHERE %(program_uuid)s::uuid IS NULL OR EXISTS (
        SELECT FROM program_enrollment
        WHERE id = g.program_enrollment_id AND program_id = (SELECT program_id FROM chosen)
    )
  UNION ALL
    SELECT 'course_role', r.id
    FROM unnest(%(identity_ids)s::bigint[]) AS own (id)
    CROSS JOIN LATERAL (SELECT id FROM course_role WHERE identity_id = own.id OFFSET 0) AS r
    WHERE %(program_uuid)s::uuid IS NULL
  UNION ALL
    SELECT c.subject, c.row_id
    FROM change AS c
    WHERE c.subject IN ('program_enrollment', 'course_enrollment', 'course_role')
      AND c.after IS NULL AND c.before -> 'identity_id' = ANY(%(identity_texts)s::jsonb[])
      AND (%(program_uuid)s::uuid IS NULL
           OR (c.before ->> 'program_id')::bigint = (SELECT program_id FROM chosen))
), told (id) AS (
    SELECT c.id
    FROM (SELECT DISTINCT subject, row_id FROM owned) AS owned
    CROSS JOIN LATERAL (
        SELECT id FROM change
        WHERE row_id = owned.row_id AND subject = owned.subject
          AND (%(before)s::bigint IS NULL OR id < %(before)s)
        ORDER BY id DESC LIMIT %(limit)s
    ) AS c
  UNION ALL
    SELECT c.id
    FROM unnest(%(name_ids)s::bigint[]) AS named (id)
    CROSS JOIN LATERAL (
        SELECT id FROM change
        WHERE row_id = named.id AND subject = 'identity'
          AND coalesce(after, before) ->> 'kind' <> 'account'
          AND before -> 'account_id' IS DISTINCT FROM after -> 'account_id'
          AND %(account_id)s IN (
              (before ->> 'account_id')::bigint, (after ->> 'account_id')::bigint
          )
          AND (%(before)s::bigint IS NULL OR id < %(before)s)
        ORDER BY id DESC LIMIT %(limit)s
    ) AS c
    WHERE %(program_uuid)s::uuid IS NULL
)
SELECT c.id, s.at, s.actor, acts.is_school, acts.is_support, c.subject, c.before, c.after,
       i.kind, i.value, coalesce(school.name, lead.name, ''),
       coalesce(nullif(program.title, ''), program.key), program.uuid,
       coalesce(nullif(run.title, ''), nullif(course.title, ''), run.key), run.key
FROM (SELECT id FROM told ORDER BY id DESC LIMIT %(limit)s) AS page
CROSS JOIN LATERAL (
    SELECT *, coalesce(after, before) AS fields FROM change WHERE id = page.id LIMIT 1
) AS c
JOIN LATERAL (SELECT at, actor FROM change_set WHERE id = c.change_set_id LIMIT 1) AS s ON true
JOIN LATERAL (
    SELECT kind, value, organization_id FROM identity
    WHERE id = CASE c.subject
        WHEN 'identity' THEN c.row_id ELSE (c.fields ->> 'identity_id')::bigint
    END
    LIMIT 1
) AS i ON true
LEFT JOIN LATERAL (
    SELECT coalesce(nullif(name, ''), key) AS name FROM organization
    WHERE id = i.organization_id LIMIT 1
) AS school ON true
LEFT JOIN LATERAL (
    SELECT program_id FROM program_enrollment
    WHERE id = (c.fields ->> 'program_enrollment_id')::bigint
  UNION ALL
    SELECT (coalesce(after, before) ->> 'program_id')::bigint FROM change
    WHERE row_id = (c.fields ->> 'program_enrollment_id')::bigint
      AND subject = 'program_enrollment'
    LIMIT 1
) AS through ON true
LEFT JOIN program
    ON program.id = coalesce((c.fields ->> 'program_id')::bigint, through.program_id)
LEFT JOIN LATERAL (
    SELECT o.id, coalesce(nullif(o.name, ''), o.key) AS name
    FROM program_organization AS link JOIN organization AS o ON o.id = link.organization_id
    WHERE link.program_id = program.id ORDER BY link.position LIMIT 1
) AS lead ON true
LEFT JOIN course_run AS run ON run.id = (c.fields ->> 'course_run_id')::bigint
LEFT JOIN course ON course.id = run.course_id
LEFT JOIN LATERAL (
    SELECT bool_or(role = 'write') AS is_school, bool_or(role = 'support') AS is_support
    FROM role_assignment
    WHERE account_id = CASE
            WHEN s.actor LIKE 'account:%%' THEN split_part(s.actor, ':', 2)::bigint
        END
      AND (organization_id IS NULL OR organization_id = coalesce(i.organization_id, lead.id))
) AS acts ON true
ORDER BY c.id DESC
"""


def list_history(
    *,
    learner: Learner,
    by: Actor,
    program: UUID | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[Episode]:
    """Return what happened to a learner's names and enrollments, the last first.

    What was made while a name waited is told too, once it is theirs. With a program only what was
    done in it. ``before`` is the id of the last one that was read. Five queries at most.

    Raises:
        PermissionMissing: it is not about the actor, who may not read enrollments everywhere.
    """
    account_id = learner.account_id
    require_permission(by, Permission.ENROLLMENTS_READ, account_id=account_id)
    if account_id is None:
        return []
    ids = [identity.id for identity in list_known_identities(learner, by=by)]
    own = {account_id, *list_merged_accounts(account_id=account_id)}
    params: dict[str, Any] = {
        "account_id": account_id,
        "identity_ids": ids,
        "identity_texts": [str(id_) for id_ in ids],
        "name_ids": sorted({*ids, *list_identities_once_of(account_id=account_id)}),
        "program_uuid": program,
        "before": before,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, params)
        return [_tell(row, own) for row in cursor.fetchall()]


def _tell(row: Sequence[Any], own: Collection[int]) -> Episode:
    id_, at, actor, is_school, is_support, subject, before, after, *words = row
    was, now = (msgspec.json.decode(each) if each else {} for each in (before, after))
    kind, value, school, program, program_uuid, course, course_run = words
    return Episode(
        id=id_,
        at=at,
        author=_find_author(actor, own, is_school=bool(is_school), is_support=bool(is_support)),
        subject=subject,
        action="created" if not was else "changed" if now else "deleted",
        kind=kind,
        value=value,
        school=school,
        program=program,
        program_uuid=program_uuid,
        course=course,
        course_run=course_run,
        status=(was.get("status"), now.get("status")),
        mode=(was.get("mode"), now.get("mode")),
        is_active=(was.get("is_active"), now.get("is_active")),
        via=now.get("bound_via") if now.get("account_id") in own else None,
    )


def _find_author(actor: str, own: Collection[int], *, is_school: bool, is_support: bool) -> Author:
    kind, _, key = actor.partition(":")
    if kind == "account" and int(key) in own:
        return Author.YOU
    if kind == "sign-on":
        return Author.MAIL if key == "mail" else Author.SIGN_ON
    if is_school:
        return Author.SCHOOL
    return Author.SUPPORT if is_support else Author.PLATFORM
