"""The door of access."""

from matricula.lms.access.asking import (
    PermissionMissing,
    has_permission,
    list_permitted_organizations,
    require_permission,
    require_permission_somewhere,
)
from matricula.lms.access.assigning import (
    UnknownRole,
    give_role,
    holds_role_everywhere,
    list_roles,
    list_roles_of,
    revoke_all_roles,
    take_role,
)
from matricula.lms.access.models import RoleAssignment
from matricula.lms.access.roles import ROLES, Permission, Role

__all__ = [
    "ROLES",
    "Permission",
    "PermissionMissing",
    "Role",
    "RoleAssignment",
    "UnknownRole",
    "give_role",
    "has_permission",
    "holds_role_everywhere",
    "list_permitted_organizations",
    "list_roles",
    "list_roles_of",
    "require_permission",
    "require_permission_somewhere",
    "revoke_all_roles",
    "take_role",
]
