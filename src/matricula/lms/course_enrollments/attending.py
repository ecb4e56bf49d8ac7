"""Attending: who is in course runs, over all learners at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import MODE_RANK
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import STUDYING


@dataclass(frozen=True, slots=True)
class Attendance:
    """That an account is in a course run, and in which mode."""

    course_run_id: int
    account_id: int
    mode: str


ATTENDANCE = """
SELECT DISTINCT ON (g.course_run_id, i.account_id) g.course_run_id, i.account_id, g.mode
FROM course_enrollment g
JOIN identity i ON i.id = g.identity_id
LEFT JOIN program_enrollment e ON e.id = g.program_enrollment_id
WHERE g.course_run_id = ANY(%(course_run_ids)s) AND i.account_id IS NOT NULL
  AND g.is_active AND (e.id IS NULL OR e.status = ANY(%(studying)s))
ORDER BY g.course_run_id, i.account_id, array_position(%(modes)s::text[], g.mode) DESC
"""


def list_attendance(*, course_run_ids: Iterable[int], by: Actor) -> list[Attendance]:
    """Return every active seat in the course runs, by run and account; one query.

    Raises:
        PermissionMissing: the actor may not read enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_READ)
    params: dict[str, Any] = {
        "course_run_ids": list(course_run_ids),
        "studying": STUDYING,
        "modes": list(MODE_RANK),
    }
    with connection.cursor() as cursor:
        cursor.execute(ATTENDANCE, params)
        return [Attendance(*row) for row in cursor.fetchall()]
