"""Writing program enrollments, any number at once: verdicts and rows in one statement.

Order of judgement (ADR 0010): invalid-key, duplicated,
invalid-status, invalid-curriculum (for callers who ask by curriculum), then against what is
stored: conflict, not-in-program, invalid-curriculum.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramHead
from matricula.lms.identities.api import as_student_keys, mention_identities
from matricula.lms.kernel.api import (
    Action,
    Actor,
    Foreseen,
    Judgement,
    Lock,
    Repeats,
    Source,
    Verdict,
    Wanted,
    WriteMode,
    as_array,
    fill_codes,
    merge_codes,
    prepared_cursor,
    refuse,
    sent_together,
    stage,
)
from matricula.lms.ledger.api import NamedChangeSet, recording
from matricula.lms.program_enrollments.sifting import ProgramRow, Sifted, sift
from matricula.lms.program_enrollments.statuses import STATUSES

COLUMNS = {
    "position": "int",
    "value": "text",
    "folded": "text",
    "status": "text",
    "curriculum_id": "bigint",
    "match_curriculum_id": "bigint",
    "is_mentioned": "boolean",
}

# Each look-up is a LATERAL with a LIMIT: one probe of a unique index a row, in any plan, whatever
# the planner knows or does not (ADR 0005). In the order of the keys, neighbouring probes meet the
# same pages: that saves a quarter of the work.
# Of several enrollments of one student in the program, a row without a curriculum means the one
# under the active curriculum, else the newest. The program is asked for by its curricula: with
# program_id there, a planner without statistics takes that index and reads the whole program for
# each row.
JUDGED = """
WITH judged AS MATERIALIZED (
    SELECT
        r.position, r.folded, r.status, i.id AS identity_id,
        coalesce(e.curriculum_id, r.curriculum_id) AS curriculum_id,
        CASE
            WHEN e.id IS NOT NULL AND NOT %(may_update)s THEN 'x'
            WHEN e.id IS NULL AND NOT %(may_create)s THEN 'n'
            WHEN e.id IS NULL AND r.curriculum_id IS NULL THEN 'v'
            WHEN i.id IS NULL THEN 'm'
            WHEN e.id IS NULL THEN 'c'
            WHEN e.status = r.status THEN 's'
            ELSE 'u'
        END AS code
    FROM (SELECT * FROM {incoming} AS unordered ORDER BY folded COLLATE "C") AS r
    LEFT JOIN LATERAL (
        SELECT id FROM identity
        WHERE kind = 'student_key' AND organization_id = %(organization_id)s AND folded = r.folded
        LIMIT 1
    ) AS i ON true
    LEFT JOIN LATERAL (
        SELECT id, curriculum_id, status FROM program_enrollment
        WHERE identity_id = i.id AND curriculum_id = ANY(%(curriculum_ids)s::bigint[])
          AND (r.match_curriculum_id IS NULL OR curriculum_id = r.match_curriculum_id)
        ORDER BY curriculum_id = %(active_curriculum_id)s DESC, id DESC LIMIT 1
    ) AS e ON true
)"""

VERDICTS = """
SELECT string_agg(code, '' ORDER BY position) FROM judged
"""

# Made in the order in which everybody locks identities, whose rows their foreign keys lock.
# What is judged an update meets its own row by the unique index: an UPDATE would have to join,
# and a planner that believes a table empty joins a hundred thousand rows with each other.
WRITTEN = """,
written AS (
    INSERT INTO program_enrollment
        (identity_id, program_id, curriculum_id, status, created_at, modified_at)
    SELECT identity_id, %(program_id)s, curriculum_id, status, %(at)s, %(at)s
    FROM judged WHERE code IN ('c', 'u')
    ORDER BY folded COLLATE "C", position
    ON CONFLICT (identity_id, curriculum_id) DO UPDATE
    SET status = excluded.status, modified_at = excluded.modified_at
)"""

# Of each row, in a digit, the place of its stored status among the five; 0 for nothing. The
# look-up is one more probe of a unique index, which the write is spared.
VERDICTS_AND_STATUSES = """
SELECT string_agg(code, '' ORDER BY position),
       string_agg(
           coalesce(array_position(%(statuses)s::text[], stored.status), 0)::text, ''
           ORDER BY position
       )
FROM judged
LEFT JOIN LATERAL (
    SELECT status FROM program_enrollment
    WHERE identity_id = judged.identity_id AND curriculum_id = judged.curriculum_id
    LIMIT 1
) AS stored ON true
"""

PLAN = JUDGED + VERDICTS
FORESEE = JUDGED + VERDICTS_AND_STATUSES
WRITE = JUDGED + WRITTEN + VERDICTS

# A plan finds people missing whom the write would make.
_ACTIONS = {
    "c": Action.CREATE,
    "m": Action.CREATE,
    "u": Action.UPDATE,
    "s": Action.UNCHANGED,
}
_WRITING = {Action.CREATE, Action.UPDATE}
_REFUSALS = {
    "x": (Verdict.CONFLICT, "the student is in the program already, and this call only creates"),
    "n": (Verdict.NOT_IN_PROGRAM, "the student is not in the program, and this call only updates"),
    "v": (
        Verdict.INVALID_CURRICULUM,
        "the program has no such curriculum, or none that is active",
    ),
}


def write_program_enrollments(
    *,
    program: ProgramHead,
    rows: Sequence[ProgramRow],
    mode: WriteMode,
    by: Actor,
    at: datetime,
    reason: str = "",
    by_curriculum: bool = True,
    atomic: bool = False,
    repeats: Repeats[str] | None = None,
) -> list[Judgement]:
    """Write rows of a program's roster and answer each, in their order.

    All that can be written is, in one transaction and whatever the number of rows in the same few
    statements; with ``atomic`` nothing is if any row is refused. Writing the same again changes
    nothing. ``by_curriculum=False`` matches by program and key alone and ignores the curriculum of
    a row that exists (edX's wire, ADR 0010). ``repeats`` says which keys are repeated in the
    whole that these rows are a part of; without it, the rows are the whole.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    sifted = sift(rows, program=program, by_curriculum=by_curriculum, repeats=repeats)
    refused = len(rows) - len(sifted.position)
    if not sifted.position or (atomic and refused):
        return _answer(rows, sifted, _judge(sifted, program=program, mode=mode))
    record = partial(recording, by=by, at=at, reason=reason)
    codes = _write(sifted, program=program, mode=mode, record=record, at=at, atomic=atomic)
    return _answer(rows, sifted, codes)


def plan_program_enrollments(
    *,
    program: ProgramHead,
    rows: Sequence[ProgramRow],
    mode: WriteMode,
    by: Actor,
    by_curriculum: bool = True,
    repeats: Repeats[str] | None = None,
) -> list[Judgement]:
    """Answer each row as ``write_program_enrollments`` would now, and write nothing.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    sifted = sift(rows, program=program, by_curriculum=by_curriculum, repeats=repeats)
    return _answer(rows, sifted, _judge(sifted, program=program, mode=mode))


def foresee_program_enrollments(
    *,
    program: ProgramHead,
    rows: Sequence[ProgramRow],
    mode: WriteMode,
    by: Actor,
    repeats: Repeats[str] | None = None,
) -> list[Foreseen]:
    """Answer each row as ``plan_program_enrollments``, and say what is stored and what would be.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    sifted = sift(rows, program=program, by_curriculum=True, repeats=repeats)
    codes, places = "", ""
    if sifted.position:
        with transaction.atomic(), connection.cursor() as cursor:
            staged = _stage(cursor, sifted)
            _run(cursor, FORESEE, staged, program=program, mode=mode, at=None)
            codes, places = cursor.fetchone()
    words = ("", *STATUSES)
    stored = {at: words[int(place)] for at, place in zip(sifted.position, places, strict=True)}
    judged = _answer(rows, sifted, codes)
    return [_foresee(each, stored.get(at, "")) for at, each in enumerate(judged)]


def _foresee(judged: Judgement, before: str) -> Foreseen:
    return Foreseen(judged, before, judged.verdict if judged.action in _WRITING else before)


def _write(
    sifted: Sifted,
    *,
    program: ProgramHead,
    mode: WriteMode,
    record: Callable[[], AbstractContextManager[NamedChangeSet]],
    at: datetime,
    atomic: bool,
) -> str:
    with record() as change_set, prepared_cursor() as cursor:
        staged = _stage(cursor, sifted)
        with sent_together():  # with them go the BEGIN and, often, the COMMIT
            change_set.name(
                Wanted(Lock.MENTION, program.organization_id, is_shared=True),
                Wanted(Lock.PROGRAM, program.id),
            )
            _mention_and_write(cursor, staged, program=program, mode=mode, at=at)
            if not atomic:
                change_set.end()
        codes = _fetch_codes(cursor)
        while "m" in codes and not change_set.has_ended:  # as below
            _mention_and_write(cursor, staged, program=program, mode=mode, at=at)
            codes = merge_codes(codes, _fetch_codes(cursor))
        if atomic and not _ACTIONS.keys() >= set(codes):
            transaction.set_rollback(True)
    if "m" not in codes:
        return codes
    # Retired since they were mentioned. What is written stays so: these alone are written again.
    missing = sifted.pick([at for at, code in enumerate(codes) if code == "m"])
    again = _write(missing, program=program, mode=mode, record=record, at=at, atomic=atomic)
    return fill_codes(codes, again)


def _mention_and_write(
    cursor: CursorWrapper,
    staged: Source,
    *,
    program: ProgramHead,
    mode: WriteMode,
    at: datetime,
) -> None:
    if mode.may_create:
        students = as_student_keys(staged, organization_id=program.organization_id)
        mention_identities(cursor, rows=students)
    _run(cursor, WRITE, staged, program=program, mode=mode, at=at)


def _judge(sifted: Sifted, *, program: ProgramHead, mode: WriteMode) -> str:
    if not sifted.position:
        return ""
    with transaction.atomic(), connection.cursor() as cursor:
        staged = _stage(cursor, sifted)
        _run(cursor, PLAN, staged, program=program, mode=mode, at=None)
        return _fetch_codes(cursor)


def _stage(cursor: CursorWrapper, sifted: Sifted) -> Source:
    values = {column: getattr(sifted, column) for column in COLUMNS}
    return stage(cursor, name="program_rows", columns=COLUMNS, values=values)


def _run(
    cursor: CursorWrapper,
    statement: str,
    staged: Source,
    *,
    program: ProgramHead,
    mode: WriteMode,
    at: datetime | None,
) -> None:
    params: dict[str, Any] = {
        **staged.params,
        "program_id": program.id,
        "organization_id": program.organization_id,
        "curriculum_ids": as_array(list(program.curricula.values())),
        "active_curriculum_id": program.active_curriculum_id,
        "may_create": mode.may_create,
        "may_update": mode.may_update,
        "statuses": as_array(list(STATUSES)),
        "at": at,
    }
    cursor.execute(statement.format(incoming=staged.relation), params)


def _fetch_codes(cursor: CursorWrapper) -> str:
    codes: str = cursor.fetchone()[0]
    return codes


def _answer(rows: Sequence[ProgramRow], sifted: Sifted, codes: str) -> list[Judgement]:
    answered = sifted.judged
    for position, code, status in zip(sifted.position, codes, sifted.status, strict=True):
        line = rows[position].line
        if action := _ACTIONS.get(code):
            answered[position] = Judgement(line, action, status)
        else:
            answered[position] = refuse(line, *_REFUSALS[code])
    return [judgement for judgement in answered if judgement is not None]
