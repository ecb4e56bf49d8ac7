"""Asking for a permission: the yes or no, and the organizations it holds for."""

from django.db import connection

from matricula.lms.access.roles import (
    ABOUT_ONESELF,
    AT_HOME,
    PERMISSIONS_BY_KIND,
    ROLES,
    Permission,
)
from matricula.lms.kernel.api import Actor, NotAllowed

# Asked by every request, at least once: written out, because putting these together costs three
# times as much as asking them.
WHERE_HELD = """
SELECT held.organization_id
FROM role_assignment AS held
JOIN account ON account.id = held.account_id
WHERE held.account_id = %s AND held.role = ANY(%s) AND account.is_active
"""

IS_HELD = """
SELECT EXISTS (
    SELECT FROM role_assignment AS held
    JOIN account ON account.id = held.account_id
    WHERE held.account_id = %s AND held.role = ANY(%s) AND account.is_active
      AND (held.organization_id IS NULL OR held.organization_id = %s::bigint)
)
"""


class PermissionMissing(NotAllowed):
    """The actor has no role that allows it there."""

    code = "permission-missing"


def require_permission(
    by: Actor,
    permission: Permission,
    *,
    organization_id: int | None = None,
    account_id: int | None = None,
) -> None:
    """Answer with silence if the actor has the permission for the organization.

    Without an organization the question is whether they have it everywhere; with the account that
    it is about, whether they have it everywhere or about themselves. One query for accounts, none
    for others and about oneself.

    Raises:
        PermissionMissing: they have not.
    """
    if not has_permission(by, permission, organization_id=organization_id, account_id=account_id):
        message = f"{by.name} may not {permission} here."
        raise PermissionMissing(message)


def require_permission_somewhere(by: Actor, permission: Permission) -> None:
    """Answer with silence if the actor has the permission for any organization at all.

    Raises:
        PermissionMissing: they have it nowhere.
    """
    permitted = list_permitted_organizations(by, permission)
    if permitted is not None and not permitted:
        message = f"{by.name} may not {permission} anywhere."
        raise PermissionMissing(message)


def has_permission(
    by: Actor,
    permission: Permission,
    *,
    organization_id: int | None = None,
    account_id: int | None = None,
) -> bool:
    """Tell whether the actor has the permission for the organization, or everywhere if None.

    Some are had by whoever asks about themselves, which ``account_id`` says.
    """
    if account_id is not None and by.account_id == account_id and permission in ABOUT_ONESELF:
        return True
    if permission in PERMISSIONS_BY_KIND[by.kind]:
        return permission not in AT_HOME.get(by.kind, ()) or by.organization_id == organization_id
    if by.account_id is None:
        return False
    roles = [role.name for role in ROLES.values() if permission in role.permissions]
    with connection.cursor() as cursor:
        cursor.execute(IS_HELD, [by.account_id, roles, organization_id])
        return bool(cursor.fetchone()[0])


def list_permitted_organizations(by: Actor, permission: Permission) -> frozenset[int] | None:
    """Return the ids of the organizations the permission holds for; None means all of them."""
    if permission in PERMISSIONS_BY_KIND[by.kind]:
        return None
    if by.account_id is None:
        return frozenset()
    roles = [role.name for role in ROLES.values() if permission in role.permissions]
    with connection.cursor() as cursor:
        cursor.execute(WHERE_HELD, [by.account_id, roles])
        ids = {organization_id for (organization_id,) in cursor.fetchall()}
    return None if None in ids else frozenset(ids)
