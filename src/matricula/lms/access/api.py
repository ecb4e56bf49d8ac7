"""The door of access."""

from matricula.lms.access.asking import (
    PermissionMissing,
    has_permission,
    list_permitted_organizations,
    require_permission,
)
from matricula.lms.access.assigning import revoke_all_roles
from matricula.lms.access.models import RoleAssignment
from matricula.lms.access.roles import ROLES, Permission, Role

__all__ = [
    "ROLES",
    "Permission",
    "PermissionMissing",
    "Role",
    "RoleAssignment",
    "has_permission",
    "list_permitted_organizations",
    "require_permission",
    "revoke_all_roles",
]
