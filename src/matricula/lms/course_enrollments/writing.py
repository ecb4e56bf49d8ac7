"""Writing a program's course enrollments, any number at once.

Order of judgement (ADR 0010): invalid-key, course-not-found,
duplicated, invalid-status, invalid-course-staff, invalid-curriculum, then against what is stored:
conflict with another program (where one program per run is asked for), not-in-program, conflict,
not-found. An invalid status is never active, so it may come before that conflict.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.sifting import CourseRow, RowKey, Sifted, sift
from matricula.lms.kernel.api import (
    Action,
    Actor,
    Foreseen,
    Judgement,
    Lock,
    Repeats,
    Source,
    Verdict,
    WriteMode,
    lock_until_commit,
    refuse,
    stage,
)
from matricula.lms.ledger.api import recorded

COLUMNS = {
    "position": "int",
    "folded": "text",
    "course_run_id": "bigint",
    "is_active": "boolean",
    "is_staff": "boolean",
    "match_curriculum_id": "bigint",
}

# Staff roles come after grants, so their foreign keys would lock identities a second time around:
# then all are locked before, in the order in which everybody does.
LOCK_STUDENTS = """
SELECT count(*) FROM (
    SELECT 1
    FROM (
        SELECT folded FROM {incoming} AS unordered
        GROUP BY folded ORDER BY folded COLLATE "C"
    ) AS r
    CROSS JOIN LATERAL (
        SELECT 1 FROM identity
        WHERE kind = 'student_key' AND organization_id = %(organization_id)s
          AND folded = r.folded
        LIMIT 1 FOR KEY SHARE
    ) AS i
) AS locked
"""

# Each look-up is a LATERAL with a LIMIT (or OFFSET 0, which likewise keeps it whole): one probe of
# an index a row, in any plan (ADR 0005).
JUDGED = """
WITH judged AS MATERIALIZED (
    SELECT
        r.position, r.folded, r.course_run_id, r.is_active, r.is_staff,
        i.id AS identity_id, e.id AS program_enrollment_id,
        g.is_active AS was_active, s.id AS role_id,
        CASE
            WHEN %(one_program_per_run)s AND r.is_active AND EXISTS (
                SELECT FROM (
                    SELECT i.id
                  UNION
                    SELECT id FROM identity WHERE account_id = i.account_id
                ) AS own
                CROSS JOIN LATERAL (
                    SELECT program_enrollment_id FROM course_enrollment
                    WHERE identity_id = own.id AND course_run_id = r.course_run_id AND is_active
                    OFFSET 0
                ) AS other
                WHERE other.program_enrollment_id IS NOT NULL
                  AND other.program_enrollment_id <> ALL(ARRAY(
                      SELECT id FROM program_enrollment
                      WHERE identity_id = own.id
                        AND curriculum_id = ANY(%(curriculum_ids)s::bigint[])
                  ))
            ) THEN 'o'
            WHEN e.id IS NULL THEN 'n'
            WHEN g.id IS NOT NULL AND NOT %(may_update)s THEN 'x'
            WHEN g.id IS NULL AND NOT %(may_create)s THEN 'f'
            WHEN g.id IS NULL THEN 'c'
            WHEN g.is_active = r.is_active
                AND coalesce(r.is_staff = (s.id IS NOT NULL), true) THEN 's'
            ELSE 'u'
        END AS code
    FROM (
        SELECT * FROM {incoming} AS unordered ORDER BY folded COLLATE "C", course_run_id
    ) AS r
    LEFT JOIN LATERAL (
        SELECT id, account_id FROM identity
        WHERE kind = 'student_key' AND organization_id = %(organization_id)s AND folded = r.folded
        LIMIT 1
    ) AS i ON true
    LEFT JOIN LATERAL (
        SELECT id FROM program_enrollment
        WHERE identity_id = i.id AND curriculum_id = ANY(%(curriculum_ids)s::bigint[])
          AND (r.match_curriculum_id IS NULL OR curriculum_id = r.match_curriculum_id)
        ORDER BY curriculum_id = %(active_curriculum_id)s DESC, id DESC LIMIT 1
    ) AS e ON true
    LEFT JOIN LATERAL (
        SELECT id, is_active FROM course_enrollment
        WHERE identity_id = i.id AND course_run_id = r.course_run_id
          AND program_enrollment_id = e.id
        LIMIT 1
    ) AS g ON true
    LEFT JOIN LATERAL (
        SELECT id FROM course_role
        WHERE %(says_staff)s AND identity_id = i.id AND course_run_id = r.course_run_id
          AND role = 'staff' AND program_enrollment_id = e.id
        LIMIT 1
    ) AS s ON true
)"""

# Made in the order in which everybody locks identities, whose rows their foreign keys lock.
# No join, whatever the planner believes of the tables: see program_enrollments.writing.
WRITTEN = """,
written AS (
    INSERT INTO course_enrollment
        (identity_id, course_run_id, program_enrollment_id, mode, is_active,
         created_at, modified_at)
    SELECT identity_id, course_run_id, program_enrollment_id, %(mode)s, is_active,
           %(at)s, %(at)s
    FROM judged WHERE code = 'c' OR code = 'u' AND is_active <> was_active
    ORDER BY folded COLLATE "C", position
    ON CONFLICT (identity_id, course_run_id, program_enrollment_id) DO UPDATE
    SET is_active = excluded.is_active, modified_at = excluded.modified_at
),
staffed AS (
    INSERT INTO course_role (identity_id, course_run_id, role, program_enrollment_id, created_at)
    SELECT identity_id, course_run_id, 'staff', program_enrollment_id, %(at)s
    FROM judged WHERE code IN ('c', 'u') AND is_staff AND role_id IS NULL
),
unstaffed AS (
    DELETE FROM course_role WHERE id = ANY(ARRAY(
        SELECT role_id FROM judged
        WHERE code IN ('c', 'u') AND NOT is_staff AND role_id IS NOT NULL
    ))
)"""

VERDICTS = """
SELECT string_agg(code, '' ORDER BY position) FROM judged
"""

# Of each row, in a letter, what is stored: active or inactive, in capitals with the staff role
# where the row says anything of that; a stroke for nothing.
VERDICTS_AND_GRANTS = """
SELECT string_agg(code, '' ORDER BY position),
       string_agg(
           CASE
               WHEN was_active IS NULL THEN '-'
               WHEN is_staff IS NULL OR role_id IS NULL THEN
                   CASE WHEN was_active THEN 'a' ELSE 'i' END
               ELSE CASE WHEN was_active THEN 'A' ELSE 'I' END
           END, '' ORDER BY position
       )
FROM judged
"""

PLAN = JUDGED + VERDICTS
FORESEE = JUDGED + VERDICTS_AND_GRANTS
WRITE = JUDGED + WRITTEN + VERDICTS

_ACTIONS = {"c": Action.CREATE, "u": Action.UPDATE, "s": Action.UNCHANGED}
_WRITING = {Action.CREATE, Action.UPDATE}
_STORED = {
    "-": "",
    "a": "active",
    "i": "inactive",
    "A": "active, staff",
    "I": "inactive, staff",
}
_REFUSALS = {
    "o": (Verdict.CONFLICT, "the student is active in this course run through another program"),
    "n": (Verdict.NOT_IN_PROGRAM, "the student is not in the program; enroll them there first"),
    "x": (Verdict.CONFLICT, "the student has this course already, and this call only creates"),
    "f": (Verdict.NOT_FOUND, "the student does not have this course, and this call only updates"),
}


def write_program_course_enrollments(
    *,
    program: ProgramOutline,
    rows: Sequence[CourseRow],
    mode: WriteMode,
    by: Actor,
    at: datetime,
    reason: str = "",
    by_curriculum: bool = True,
    one_program_per_run: bool = False,
    atomic: bool = False,
    repeats: Repeats[RowKey] | None = None,
) -> list[Judgement]:
    """Write rows of a program's course roster and answer each, in their order.

    As ``write_program_enrollments``: one transaction, a fixed number of statements, idempotent.
    A grant has the program's mode when it is made and keeps it. With ``one_program_per_run`` a
    person who is active in the run through another program is a conflict (edX's wire, ADR 0010);
    without it they hold both grants.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    sifted = sift(rows, program=program, by_curriculum=by_curriculum, repeats=repeats)
    params = _params(program, mode, sifted, one_program_per_run=one_program_per_run, at=at)
    refused = len(rows) - len(sifted.position)
    if not sifted.position or (atomic and refused):
        return _answer(rows, sifted, _judge(sifted, params))
    with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
        lock_until_commit(Lock.PROGRAM, [program.id])
        if one_program_per_run:  # two programs must not both find a run free
            lock_until_commit(Lock.ONE_PROGRAM_PER_RUN, filter(None, sifted.course_run_id))
        staged = _stage(cursor, sifted)
        if True in sifted.is_staff:
            cursor.execute(
                LOCK_STUDENTS.format(incoming=staged.relation), {**params, **staged.params}
            )
        codes = _run(cursor, WRITE, staged, params)
        if atomic and not _ACTIONS.keys() >= set(codes):
            transaction.set_rollback(True)
    return _answer(rows, sifted, codes)


def plan_program_course_enrollments(
    *,
    program: ProgramOutline,
    rows: Sequence[CourseRow],
    mode: WriteMode,
    by: Actor,
    by_curriculum: bool = True,
    one_program_per_run: bool = False,
    repeats: Repeats[RowKey] | None = None,
) -> list[Judgement]:
    """Answer each row as ``write_program_course_enrollments`` would now, and write nothing.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    sifted = sift(rows, program=program, by_curriculum=by_curriculum, repeats=repeats)
    params = _params(program, mode, sifted, one_program_per_run=one_program_per_run, at=None)
    return _answer(rows, sifted, _judge(sifted, params))


def foresee_program_course_enrollments(
    *,
    program: ProgramOutline,
    rows: Sequence[CourseRow],
    mode: WriteMode,
    by: Actor,
    repeats: Repeats[RowKey] | None = None,
) -> list[Foreseen]:
    """Answer each row as ``plan_program_course_enrollments``, and say what is and would be stored.

    Of the staff role something is said where the row says something.

    Raises:
        PermissionMissing: the actor may not write enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE, organization_id=program.organization_id)
    sifted = sift(rows, program=program, by_curriculum=True, repeats=repeats)
    params = _params(program, mode, sifted, one_program_per_run=False, at=None)
    codes, letters = "", ""
    if sifted.position:
        with transaction.atomic(), connection.cursor() as cursor:
            codes, letters = _ask(cursor, FORESEE, _stage(cursor, sifted), params)
    stored = dict(zip(sifted.position, map(_STORED.__getitem__, letters), strict=True))
    says_staff = dict(zip(sifted.position, sifted.is_staff, strict=True))
    judged = _answer(rows, sifted, codes)
    return [
        _foresee(each, stored.get(at, ""), is_staff=bool(says_staff.get(at)))
        for at, each in enumerate(judged)
    ]


def _foresee(judged: Judgement, before: str, *, is_staff: bool) -> Foreseen:
    if judged.action not in _WRITING:
        return Foreseen(judged, before, before)
    return Foreseen(judged, before, f"{judged.verdict}, staff" if is_staff else judged.verdict)


def _params(
    program: ProgramOutline,
    mode: WriteMode,
    sifted: Sifted,
    *,
    one_program_per_run: bool,
    at: datetime | None,
) -> dict[str, Any]:
    return {
        "organization_id": program.organization_id,
        "curriculum_ids": list(program.curricula.values()),
        "active_curriculum_id": program.active_curriculum_id,
        "mode": program.mode,
        "may_create": mode.may_create,
        "may_update": mode.may_update,
        "one_program_per_run": one_program_per_run,
        "says_staff": any(said is not None for said in sifted.is_staff),
        "at": at,
    }


def _judge(sifted: Sifted, params: dict[str, Any]) -> str:
    if not sifted.position:
        return ""
    with transaction.atomic(), connection.cursor() as cursor:
        return _run(cursor, PLAN, _stage(cursor, sifted), params)


def _stage(cursor: CursorWrapper, sifted: Sifted) -> Source:
    values = {column: getattr(sifted, column) for column in COLUMNS}
    return stage(cursor, name="course_rows", columns=COLUMNS, values=values)


def _run(cursor: CursorWrapper, statement: str, staged: Source, params: dict[str, Any]) -> str:
    codes: str = _ask(cursor, statement, staged, params)[0]
    return codes


def _ask(
    cursor: CursorWrapper, statement: str, staged: Source, params: dict[str, Any]
) -> tuple[str, ...]:
    cursor.execute(statement.format(incoming=staged.relation), {**params, **staged.params})
    told: tuple[str, ...] = cursor.fetchone()
    return told


def _answer(rows: Sequence[CourseRow], sifted: Sifted, codes: str) -> list[Judgement]:
    answered = sifted.judged
    for position, code in zip(sifted.position, codes, strict=True):
        row = rows[position]
        if action := _ACTIONS.get(code):
            answered[position] = Judgement(row.line, action, row.status.strip())
        else:
            answered[position] = refuse(row.line, *_REFUSALS[code])
    return [judgement for judgement in answered if judgement is not None]
