"""Telling changes in words that outsiders know: names, keys and usernames instead of our ids."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.db import connection

from matricula.lms.changes.cursors import Cursor

Action = Literal["created", "changed", "deleted"]
Fields = dict[str, Any]


class Change(msgspec.Struct, frozen=True, gc=False):
    """One row before and after, and the act it was part of.

    ``subject`` is the table. ``before`` and ``after`` are the row's own columns, with outsiders'
    words added as far as they apply: ``kind``, ``value`` and ``student_key`` of the identity, keys
    of ``organization``, ``program`` and ``course_run``, the uuid ``curriculum_uuid``, and the
    ``username`` of the account: for an identity the one it was bound to, else the one its identity
    is bound to now. ``change_set`` is the act's uuid, ``at`` when it happened as the actor says.
    """

    id: int
    subject: str
    row_id: int
    action: Action
    before: Fields | None
    after: Fields | None
    at: datetime
    actor: str
    channel: str
    reason: str
    request_id: str
    change_set: str
    cursor: Cursor


CHANGES = """
SELECT c.transaction_id, c.id, c.subject, c.row_id, c.before, c.after,
       s.at, s.actor, s.channel, s.reason, s.request_id, s.uuid::text,
       i.kind, i.value, organization.key, program.key, curriculum.uuid::text, run.key,
       account_before.username, account_after.username
FROM (
    SELECT c.*, coalesce(c.after, c.before) AS fields
    FROM unnest(%(ids)s::bigint[]) AS asked (id)
    CROSS JOIN LATERAL (SELECT * FROM change WHERE id = asked.id LIMIT 1) AS c
) AS c
JOIN LATERAL (SELECT * FROM change_set WHERE id = c.change_set_id LIMIT 1) AS s ON true
LEFT JOIN LATERAL (
    SELECT * FROM identity
    WHERE id = CASE c.subject
        WHEN 'identity' THEN c.row_id ELSE (c.fields ->> 'identity_id')::bigint
    END
    LIMIT 1
) AS i ON true
LEFT JOIN LATERAL (
    SELECT coalesce(e.program_id, (fields ->> 'program_id')::bigint) AS program_id,
           coalesce(e.curriculum_id, (fields ->> 'curriculum_id')::bigint) AS curriculum_id
    FROM (SELECT
        CASE c.subject WHEN 'program_enrollment' THEN c.row_id
             ELSE (c.fields ->> 'program_enrollment_id')::bigint END AS id
    ) AS through
    LEFT JOIN program_enrollment e ON e.id = through.id
    LEFT JOIN LATERAL (
        SELECT coalesce(after, before) AS fields FROM change
        WHERE row_id = through.id AND subject = 'program_enrollment' AND e.id IS NULL LIMIT 1
    ) AS deleted ON true
) AS e ON true
LEFT JOIN organization ON organization.id = i.organization_id
LEFT JOIN program ON program.id = e.program_id
LEFT JOIN curriculum ON curriculum.id = e.curriculum_id
LEFT JOIN course_run run ON run.id = (c.fields ->> 'course_run_id')::bigint
LEFT JOIN LATERAL (
    SELECT username FROM account
    WHERE id = CASE c.subject
        WHEN 'identity' THEN (c.before ->> 'account_id')::bigint ELSE i.account_id
    END
    LIMIT 1
) AS account_before ON true
LEFT JOIN LATERAL (
    SELECT username FROM account
    WHERE id = CASE c.subject
        WHEN 'identity' THEN (c.after ->> 'account_id')::bigint ELSE i.account_id
    END
    LIMIT 1
) AS account_after ON true
ORDER BY c.transaction_id, c.id
"""


def tell_changes(cursors: Sequence[Cursor]) -> list[Change]:
    """Return the changes at those places, in the order of commits; one query."""
    if not cursors:
        return []
    params: dict[str, Any] = {"ids": [each.change_id for each in cursors]}
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, params)
        return [_tell(row) for row in cursor.fetchall()]


def _tell(row: tuple[Any, ...]) -> Change:
    transaction_id, id_, subject, row_id, before, after, *act = row[:12]
    kind, value, organization, program, curriculum, run, *usernames = row[12:]
    words = {
        "kind": kind,
        "value": value,
        "student_key": value if kind == "student_key" else None,
        "organization": organization,
        "program": program,
        "curriculum_uuid": curriculum,
        "course_run": run,
    }
    words = {word: said for word, said in words.items() if said is not None}
    username_before, username_after = usernames
    at, actor, channel, reason, request_id, change_set = act
    return Change(
        id=id_,
        subject=subject,
        row_id=row_id,
        action="created" if before is None else "deleted" if after is None else "changed",
        before=_add_words(before, words, username_before),
        after=_add_words(after, words, username_after),
        at=at,
        actor=actor,
        channel=channel,
        reason=reason,
        request_id=request_id,
        change_set=change_set,
        cursor=Cursor(transaction_id, id_),
    )


def _add_words(text: str | None, words: Fields, username: str | None) -> Fields | None:
    if text is None:
        return None
    return {**msgspec.json.decode(text), **words, "username": username}
