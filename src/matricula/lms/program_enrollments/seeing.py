"""Seeing: for which organizations an actor may be shown enrollments."""

from django.db import connection

from matricula.lms.access.api import (
    Permission,
    PermissionMissing,
    list_permitted_organizations,
)
from matricula.lms.kernel.api import Actor

LEADING = """
SELECT count(*) FROM program_organization
WHERE program_id = %s AND position = 0 AND organization_id = ANY(%s)
"""


def list_visible_organizations(
    *,
    by: Actor,
    program_id: int | None = None,
    organization_id: int | None = None,
    account_id: int | None = None,
) -> frozenset[int] | None:
    """Return the ids of the organizations whose enrollments the actor may see; None means all.

    A program, an organization or an account says what is asked for. A program is its first
    organization's. Everybody sees all of their own account.

    Raises:
        PermissionMissing: the program, or the organization, is not one that the actor may read.
    """
    if account_id is not None and account_id == by.account_id:
        return None
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    if permitted is None:
        return None
    may_see = organization_id is None or organization_id in permitted
    if may_see and program_id is not None:
        may_see = _is_led_by(permitted, program_id=program_id)
    if not may_see:
        message = f"{by.name} may not {Permission.ENROLLMENTS_READ} here."
        raise PermissionMissing(message)
    return permitted


def _is_led_by(organization_ids: frozenset[int], *, program_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LEADING, [program_id, sorted(organization_ids)])
        return bool(cursor.fetchone()[0])
