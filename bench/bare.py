"""What PostgreSQL needs at least: a staged upsert into copies of our tables, and no ledger.

The copies have the same columns, constraints, foreign keys and indexes, and no triggers.
"""

from collections.abc import Sequence

import psycopg
from django.db import connection

from bench.database import PREFIX
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.program_enrollments.api import ProgramRow

TABLES = ("identity", "program_enrollment", "course_enrollment", "course_role")

FOREIGN_KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'f'
"""

STAGE_PROGRAM_ROWS = """
CREATE TEMPORARY TABLE bare_rows (student_key text, status text) ON COMMIT DROP
"""
MENTION = """
INSERT INTO bare_identity (kind, organization_id, value, folded)
SELECT 'student_key', %(organization_id)s, student_key, lower(student_key) FROM bare_rows
ON CONFLICT (kind, organization_id, folded) DO NOTHING
"""
WRITE_PROGRAM_ROWS = """
INSERT INTO bare_program_enrollment AS stored
    (identity_id, program_id, curriculum_id, status, created_at, modified_at)
SELECT i.id, %(program_id)s, %(curriculum_id)s, r.status, now(), now()
FROM bare_rows AS r
JOIN bare_identity AS i
    ON i.kind = 'student_key' AND i.organization_id = %(organization_id)s
    AND i.folded = lower(r.student_key)
ON CONFLICT (identity_id, curriculum_id) DO UPDATE
SET status = excluded.status, modified_at = excluded.modified_at
WHERE stored.status IS DISTINCT FROM excluded.status
"""

STAGE_COURSE_ROWS = """
CREATE TEMPORARY TABLE bare_rows (student_key text, course_run_id bigint, is_active boolean)
ON COMMIT DROP
"""
WRITE_COURSE_ROWS = """
INSERT INTO bare_course_enrollment AS stored
    (identity_id, course_run_id, program_enrollment_id, mode, is_active, created_at, modified_at)
SELECT i.id, r.course_run_id, e.id, %(mode)s, r.is_active, now(), now()
FROM bare_rows AS r
JOIN bare_identity AS i
    ON i.kind = 'student_key' AND i.organization_id = %(organization_id)s
    AND i.folded = lower(r.student_key)
JOIN bare_program_enrollment AS e
    ON e.identity_id = i.id AND e.curriculum_id = %(curriculum_id)s
ON CONFLICT (identity_id, course_run_id, program_enrollment_id) DO UPDATE
SET is_active = excluded.is_active, modified_at = excluded.modified_at
WHERE stored.is_active IS DISTINCT FROM excluded.is_active
"""


def make_copies() -> None:
    """Make the copies of our tables, empty."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE {PREFIX}{table} (LIKE {table} INCLUDING ALL)")
        for table in TABLES:
            cursor.execute(FOREIGN_KEYS, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(
                    f"ALTER TABLE {PREFIX}{table} ADD CONSTRAINT {name} {_redirect(definition)}"
                )


def _redirect(definition: str) -> str:
    """Let a foreign key between two of our tables be one between their copies."""
    for table in TABLES:
        definition = definition.replace(f" REFERENCES {table}(", f" REFERENCES {PREFIX}{table}(")
    return definition


def upsert_program_rows(
    client: psycopg.Connection, program: ProgramOutline, rows: Sequence[ProgramRow]
) -> None:
    """Write rows of a program's roster, and learn nothing about them."""
    text = "".join(f"{row.student_key}\t{row.status}\n" for row in rows)
    params = _params(program)
    with client.transaction(), client.cursor() as cursor:
        cursor.execute(STAGE_PROGRAM_ROWS)
        _copy(cursor, text)
        cursor.execute(MENTION, params)
        cursor.execute(WRITE_PROGRAM_ROWS, params)


def upsert_course_rows(
    client: psycopg.Connection, program: ProgramOutline, rows: Sequence[CourseRow]
) -> None:
    """Write rows of a program's course roster, and learn nothing about them."""
    runs = program.run_ids
    text = "".join(
        f"{row.student_key}\t{runs[row.course_id]}\t{row.status == 'active'}\n" for row in rows
    )
    with client.transaction(), client.cursor() as cursor:
        cursor.execute(STAGE_COURSE_ROWS)
        _copy(cursor, text)
        cursor.execute(WRITE_COURSE_ROWS, _params(program))


def _copy(cursor: psycopg.Cursor, text: str) -> None:
    with cursor.copy("COPY bare_rows FROM STDIN") as copy:
        copy.write(text)
    cursor.execute("ANALYZE bare_rows")


def _params(program: ProgramOutline) -> dict[str, object]:
    return {
        "organization_id": program.organization_id,
        "program_id": program.id,
        "curriculum_id": program.active_curriculum_id,
        "mode": program.mode,
    }
