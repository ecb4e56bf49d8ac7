"""Asking for a permission: the yes or no, and the organizations it holds for."""

from collections.abc import Collection

from matricula.lms.access.roles import (
    ABOUT_ONESELF,
    AT_HOME,
    PERMISSIONS_BY_KIND,
    ROLES,
    Permission,
)
from matricula.lms.kernel.api import Actor, NotAllowed, prepared_cursor

WHERE_HELD = """
SELECT held.role, held.organization_id
FROM role_assignment AS held
JOIN account ON account.id = held.account_id
WHERE held.account_id = %s AND account.is_active
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
    it is about, whether they have it everywhere or about themselves. One query for accounts whose
    roles were not just read, none for others and about oneself.

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
    held = _list_organizations(by, permission)
    return None in held or organization_id in held


def list_permitted_organizations(by: Actor, permission: Permission) -> frozenset[int] | None:
    """Return the ids of the organizations the permission holds for; None means all of them."""
    if permission in PERMISSIONS_BY_KIND[by.kind]:
        return None
    held = _list_organizations(by, permission)
    return None if None in held else frozenset(each for each in held if each is not None)


def _list_organizations(by: Actor, permission: Permission) -> set[int | None]:
    """Return for which organizations the account has a role with the permission; None is all."""
    held = _read_roles(by) if by.roles is None else by.roles
    return {organization for role, organization in held if permission in ROLES[role].permissions}


def _read_roles(by: Actor) -> Collection[tuple[str, int | None]]:
    if by.account_id is None:
        return ()
    with prepared_cursor() as cursor:
        cursor.execute(WHERE_HELD, [by.account_id])
        roles: list[tuple[str, int | None]] = cursor.fetchall()
        return roles
