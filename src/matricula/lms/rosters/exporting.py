"""Exporting: a roster of what a program holds. Sent back, it changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor
from matricula.lms.rosters.reading import COURSE_COLUMNS, PROGRAM_COLUMNS
from matricula.service.escaping import write_cells

BATCH = 5_000

# Nameable: by a key that the program's rosters speak, of a person who is not retired.
PROGRAM_ROSTER = """
SELECT
    identity.kind = 'student_key' AND identity.organization_id = %(organization_id)s
        AND identity.retired_at IS NULL AS is_nameable,
    identity.value, enrollment.status, curriculum.uuid
FROM program_enrollment AS enrollment
JOIN identity ON identity.id = enrollment.identity_id
JOIN curriculum ON curriculum.id = enrollment.curriculum_id
WHERE enrollment.program_id = %(program_id)s
ORDER BY identity.folded COLLATE "C", curriculum.position, curriculum.id
"""

# A course run that has left the program can no longer be named in its roster either.
COURSE_ROSTER = """
SELECT
    identity.kind = 'student_key' AND identity.organization_id = %(organization_id)s
        AND identity.retired_at IS NULL AND run.key = ANY(%(run_keys)s) AS is_nameable,
    identity.value, run.key,
    CASE WHEN given.is_active THEN 'active' ELSE 'inactive' END,
    CASE WHEN role.id IS NULL THEN 'false' ELSE 'true' END,
    curriculum.uuid
FROM program_enrollment AS enrollment
JOIN identity ON identity.id = enrollment.identity_id
JOIN curriculum ON curriculum.id = enrollment.curriculum_id
JOIN course_enrollment AS given ON given.program_enrollment_id = enrollment.id
JOIN course_run AS run ON run.id = given.course_run_id
LEFT JOIN course_role AS role ON role.program_enrollment_id = enrollment.id
    AND role.course_run_id = given.course_run_id AND role.role = 'staff'
WHERE enrollment.program_id = %(program_id)s
ORDER BY identity.folded COLLATE "C", run.key, curriculum.position, curriculum.id
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows were written, and how many no roster can name: of retired people, mostly."""

    rows: int
    left_out: int


def export_roster(
    *, program: ProgramOutline, to: TextIO, by: Actor, courses: bool = False
) -> Exported:
    """Write a program's roster, or with ``courses`` its course roster, ordered by student key.

    As of one moment, and in memory that does not grow with the rows.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    write_cells([export_columns(courses=courses)], to)
    return export_rows(
        program=program,
        to=lambda rows: write_cells(rows, to),
        by=by,
        courses=courses,
    )


def export_rows(
    *,
    program: ProgramOutline,
    to: Callable[[list[list[str]]], object],
    by: Actor,
    courses: bool = False,
) -> Exported:
    """Do what ``export_roster`` does in any form: ``to`` is given the rows, so many at a time.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id)
    rows = left_out = 0
    for batch in _list_batches(COURSE_ROSTER if courses else PROGRAM_ROSTER, program):
        nameable = [list(map(str, cells)) for is_nameable, *cells in batch if is_nameable]
        to(nameable)
        rows += len(nameable)
        left_out += len(batch) - len(nameable)
    return Exported(rows, left_out)


def export_columns(*, courses: bool) -> Sequence[str]:
    """Return the header of an export."""
    return COURSE_COLUMNS if courses else PROGRAM_COLUMNS


def _list_batches(query: str, program: ProgramOutline) -> Iterator[list[tuple[Any, ...]]]:
    params: dict[str, Any] = {
        "program_id": program.id,
        "organization_id": program.organization_id,
        "run_keys": [run.key for run in program.runs],
    }
    # A named cursor: the server keeps the rows until they are asked for.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, params)
        while batch := cursor.fetchmany(BATCH):
            yield batch
