"""The marks of a program's students in one of its course runs, a page at a time."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor


class StudentGrade(msgspec.Struct, frozen=True, gc=False):
    """What a student with an account earned; nothing yet: not passing, and no letter.

    ``percent`` is from 0 to 1, None if the grade has none.
    """

    id: int
    student_key: str
    percent: Decimal | None
    letter: str
    is_passing: bool


# Along one index, in the order of ids: the page costs the same however far in it is. The program
# is asked of each row by its own key, in any plan (ADR 0005).
GRADES = """
SELECT g.id, i.value,
       CASE WHEN grade.id IS NULL THEN 0 ELSE grade.percent END,
       coalesce(grade.letter, ''), coalesce(grade.is_passing, false)
FROM course_enrollment AS g
JOIN LATERAL (
    SELECT program_id FROM program_enrollment WHERE id = g.program_enrollment_id LIMIT 1
) AS e ON e.program_id = %(program_id)s
JOIN LATERAL (
    SELECT value, account_id FROM identity WHERE id = g.identity_id LIMIT 1
) AS i ON i.account_id IS NOT NULL
LEFT JOIN LATERAL (
    SELECT id, percent, letter, is_passing FROM grade
    WHERE account_id = i.account_id AND course_run_id = g.course_run_id LIMIT 1
) AS grade ON true
WHERE g.course_run_id = %(course_run_id)s AND g.id > %(edge)s
ORDER BY g.id
LIMIT %(limit)s
"""
GRADES_BEFORE = GRADES.replace("g.id > ", "g.id < ").replace("ORDER BY g.id", "ORDER BY g.id DESC")


def list_student_grades(
    *,
    program: ProgramOutline,
    course_run_id: int,
    limit: int,
    by: Actor,
    after: int | None = None,
    before: int | None = None,
) -> Sequence[StudentGrade]:
    """Return grades of students who have the run through the program and have an account.

    By the id of the course enrollment: the first ones after one id or the last ones before
    another. Neither the status of the program enrollment nor that of the course enrollment
    matters. One query.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id)
    params: dict[str, Any] = {
        "program_id": program.id,
        "course_run_id": course_run_id,
        "edge": (after or 0) if before is None else before,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(GRADES if before is None else GRADES_BEFORE, params)
        found = [StudentGrade(*row) for row in cursor.fetchall()]
    return found if before is None else found[::-1]
