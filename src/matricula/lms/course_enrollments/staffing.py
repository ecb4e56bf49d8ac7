"""Staffing: who has a staff role in which course run."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import STUDYING


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role of an account in a course run."""

    course_run_id: int
    course_run: str
    role: str


# A role that comes through a program works as long as the grant that came with it.
ROLES_OF_ACCOUNT = """
SELECT DISTINCT run.id, run.key, held.role
FROM identity i
JOIN course_role held ON held.identity_id = i.id
JOIN course_run run ON run.id = held.course_run_id
WHERE i.account_id = %(account_id)s
  AND (held.program_enrollment_id IS NULL OR EXISTS (
      SELECT FROM course_enrollment g
      JOIN program_enrollment e ON e.id = g.program_enrollment_id
      WHERE g.identity_id = i.id AND g.course_run_id = held.course_run_id
        AND g.program_enrollment_id = held.program_enrollment_id
        AND g.is_active AND e.status = ANY(%(studying)s)
  ))
ORDER BY run.key, held.role
"""


def list_course_roles(*, account_id: int, by: Actor) -> list[HeldRole]:
    """Return the roles of an account that work now, by course run; one query for oneself.

    Raises:
        PermissionMissing: it is somebody else's, and the actor may not read everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, account_id=account_id)
    return _read_roles(account_id)


def list_staffed_run_ids(*, by: Actor) -> list[int]:
    """Return the ids of the course runs in which the actor is staff; one query for accounts."""
    return (
        []
        if by.account_id is None
        else [each.course_run_id for each in _read_roles(by.account_id)]
    )


def _read_roles(account_id: int) -> list[HeldRole]:
    params: dict[str, Any] = {"account_id": account_id, "studying": STUDYING}
    with connection.cursor() as cursor:
        cursor.execute(ROLES_OF_ACCOUNT, params)
        return [HeldRole(*row) for row in cursor.fetchall()]
