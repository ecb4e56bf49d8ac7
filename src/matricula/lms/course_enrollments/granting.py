"""Granting directly: a course run to an identity without any program, many at once.

An e-mail address that nobody has proven yet, a student key or an account may be granted a run; for
the first two the grant waits until somebody proves the name.
"""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.backends.utils import CursorWrapper

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import MODE_RANK
from matricula.lms.identities.api import (
    IdentityName,
    Kind,
    mention_account_identities,
    mention_identities,
)
from matricula.lms.kernel.api import (
    Action,
    Actor,
    Judgement,
    Lock,
    Source,
    Verdict,
    WriteMode,
    find_repeats,
    lock_until_commit,
    merge_codes,
    quote,
    refuse,
    repeated_on,
    stage,
)
from matricula.lms.ledger.api import recorded


class DirectRow(msgspec.Struct, frozen=True, gc=False):
    """A grant that is asked for: an identity, a course run by id, a mode, active or not.

    An empty ``mode`` keeps the one that is stored, and is ``audit`` for a new grant.
    """

    line: int
    name: IdentityName
    course_run_id: int
    mode: str
    is_active: bool


DEFAULT_MODE = "audit"

COLUMNS = {
    "position": "int",
    "kind": "text",
    "organization_id": "bigint",
    "value": "text",
    "folded": "text",
    "is_mentioned": "boolean",
    "course_run_id": "bigint",
    "mode": "text",
    "is_active": "boolean",
}

KNOWN_RUNS = "SELECT id FROM course_run WHERE id = ANY(%(ids)s)"

# Made in the order in which everybody locks identities, whose rows their foreign keys lock.
WRITE = """
WITH judged AS MATERIALIZED (
    SELECT
        r.position, r.kind, r.organization_id, r.folded, r.course_run_id, r.is_active,
        i.id AS identity_id,
        coalesce(nullif(r.mode, ''), g.mode, %(default_mode)s) AS mode,
        CASE
            WHEN g.id IS NOT NULL AND NOT %(may_update)s THEN 'x'
            WHEN g.id IS NULL AND NOT %(may_create)s THEN 'f'
            WHEN i.id IS NULL AND r.kind = 'account' THEN 'a'
            WHEN i.id IS NULL THEN 'm'
            WHEN g.id IS NULL THEN 'c'
            WHEN g.is_active = r.is_active AND r.mode IN ('', g.mode) THEN 's'
            ELSE 'u'
        END AS code
    FROM {incoming} AS r
    LEFT JOIN LATERAL (
        SELECT id FROM identity
        WHERE kind = r.kind AND organization_id = r.organization_id AND folded = r.folded
      UNION ALL
        SELECT id FROM identity
        WHERE kind = r.kind AND organization_id IS NULL AND r.organization_id IS NULL
          AND folded = r.folded
    ) AS i ON true
    LEFT JOIN LATERAL (
        SELECT id, mode, is_active FROM course_enrollment
        WHERE identity_id = i.id AND course_run_id = r.course_run_id
          AND program_enrollment_id IS NULL
        LIMIT 1
    ) AS g ON true
),
written AS (
    INSERT INTO course_enrollment
        (identity_id, course_run_id, mode, is_active, created_at, modified_at)
    SELECT identity_id, course_run_id, mode, is_active, %(at)s, %(at)s
    FROM judged WHERE code IN ('c', 'u')
    ORDER BY kind, organization_id, folded COLLATE "C"
    ON CONFLICT (identity_id, course_run_id, program_enrollment_id) DO UPDATE
    SET is_active = excluded.is_active, mode = excluded.mode, modified_at = excluded.modified_at
)
SELECT string_agg(code, '' ORDER BY position) FROM judged
"""

_ACTIONS = {"c": Action.CREATE, "u": Action.UPDATE, "s": Action.UNCHANGED}
_REFUSALS = {
    "x": (Verdict.CONFLICT, "the run is granted already, and this call only creates"),
    "a": (Verdict.NOT_FOUND, "there is no such account, or it is retired or merged"),
    "f": (Verdict.NOT_FOUND, "the run is not granted, and this call only updates"),
}


def write_direct_enrollments(
    *,
    rows: Sequence[DirectRow],
    mode: WriteMode,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> list[Judgement]:
    """Write direct grants and answer each row, in one transaction.

    A row's verdict is ``active`` or ``inactive`` unless it is refused. Grants of programs are not
    touched, whatever happens to the direct one.

    Raises:
        PermissionMissing: the actor may not write enrollments everywhere. A school's registrar may
            not: any course run in any mode could be given to a student of theirs.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE)
    return grant_directly(rows=rows, mode=mode, by=by, at=at, reason=reason)


def grant_directly(
    *,
    rows: Sequence[DirectRow],
    mode: WriteMode,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> list[Judgement]:
    """Do what ``write_direct_enrollments`` does, for whoever has asked for the permission."""
    judged = _judge_words(rows, _find_known_runs(rows))
    positions = [position for position, answer in enumerate(judged) if answer is None]
    if positions:
        with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
            kept = [rows[position] for position in positions]
            schools = {row.name.organization_id or 0 for row in kept}
            lock_until_commit(Lock.MENTION, schools, shared=True)
            lock_until_commit(Lock.DIRECT_ENROLLMENTS, (row.course_run_id for row in kept))
            staged = _stage(cursor, positions, kept)
            codes = _mention_and_write(cursor, staged, kept, mode=mode, at=at)
            while "m" in codes:  # retired since it was mentioned; what is written stays so
                again = _mention_and_write(cursor, staged, kept, mode=mode, at=at)
                codes = merge_codes(codes, again)
        for position, row, code in zip(positions, kept, codes, strict=True):
            judged[position] = _answer(row, code)
    return [answer for answer in judged if answer is not None]


def _find_known_runs(rows: Sequence[DirectRow]) -> frozenset[int]:
    ids = {row.course_run_id for row in rows}
    if not ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_RUNS, {"ids": list(ids)})
        return frozenset(found for (found,) in cursor.fetchall())


def _judge_words(rows: Sequence[DirectRow], runs: Container[int]) -> list[Judgement | None]:
    repeats = find_repeats(
        [(row.name.key, row.course_run_id) for row in rows], [row.line for row in rows]
    )
    return [_judge(row, runs, repeats.get((row.name.key, row.course_run_id))) for row in rows]


def _judge(row: DirectRow, runs: Container[int], repeated: list[int] | None) -> Judgement | None:
    if fault := row.name.find_fault():
        return refuse(row.line, Verdict.INVALID_KEY, fault)
    if row.course_run_id not in runs:
        reason = f"there is no course run {row.course_run_id}"
        return refuse(row.line, Verdict.COURSE_NOT_FOUND, reason)
    if repeated is not None:
        reason = repeated_on(repeated, line=row.line, what="the same identity and course run")
        return refuse(row.line, Verdict.DUPLICATED, reason)
    if row.mode and row.mode not in MODE_RANK:
        reason = f"{quote(row.mode)} is no course mode: {', '.join(MODE_RANK)}"
        return refuse(row.line, Verdict.INVALID_MODE, reason)
    return None


def _stage(cursor: CursorWrapper, positions: list[int], rows: Sequence[DirectRow]) -> Source:
    values: dict[str, Sequence[Any]] = {
        "position": positions,
        "kind": [row.name.kind.value for row in rows],
        "organization_id": [row.name.organization_id for row in rows],
        "value": [row.name.stored for row in rows],
        "folded": [row.name.folded for row in rows],
        "is_mentioned": [row.name.kind is not Kind.ACCOUNT for row in rows],
        "course_run_id": [row.course_run_id for row in rows],
        "mode": [row.mode for row in rows],
        "is_active": [row.is_active for row in rows],
    }
    return stage(cursor, name="direct_rows", columns=COLUMNS, values=values)


def _mention_and_write(
    cursor: CursorWrapper,
    staged: Source,
    rows: Sequence[DirectRow],
    *,
    mode: WriteMode,
    at: datetime,
) -> str:
    if mode.may_create:
        mention_account_identities(cursor, names=[row.name for row in rows], at=at)
        mention_identities(cursor, rows=staged)
    return _write(cursor, staged, mode=mode, at=at)


def _write(cursor: CursorWrapper, staged: Source, *, mode: WriteMode, at: datetime) -> str:
    params = {
        **staged.params,
        "default_mode": DEFAULT_MODE,
        "may_create": mode.may_create,
        "may_update": mode.may_update,
        "at": at,
    }
    cursor.execute(WRITE.format(incoming=staged.relation), params)
    codes: str = cursor.fetchone()[0]
    return codes


def _answer(row: DirectRow, code: str) -> Judgement:
    if action := _ACTIONS.get(code):
        return Judgement(row.line, action, "active" if row.is_active else "inactive")
    return refuse(row.line, *_REFUSALS[code])
