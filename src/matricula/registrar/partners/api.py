"""The door of partners."""

from matricula.registrar.partners.asking import (
    Holdings,
    PermissionMissing,
    has_permission,
    has_rosters,
    read_holdings,
    require_permission,
    require_program_permission,
)
from matricula.registrar.partners.assigning import (
    UnknownRole,
    give_role,
    list_roles,
    read_role,
    take_role,
)
from matricula.registrar.partners.keeping import keep_programs
from matricula.registrar.partners.listing import (
    PermittedProgram,
    UnknownOrganization,
    UnknownProgram,
    find_program,
    get_organization,
    get_program,
    list_programs,
    map_program_ids,
    permit_program,
    title_of,
)
from matricula.registrar.partners.models import NameKind, Organization, Program, RoleAssignment
from matricula.registrar.partners.naming import InvalidName, fold_name, read_name
from matricula.registrar.partners.roles import API_PERMISSIONS, ROLES, Permission

__all__ = [
    "API_PERMISSIONS",
    "ROLES",
    "Holdings",
    "InvalidName",
    "NameKind",
    "Organization",
    "Permission",
    "PermissionMissing",
    "PermittedProgram",
    "Program",
    "RoleAssignment",
    "UnknownOrganization",
    "UnknownProgram",
    "UnknownRole",
    "find_program",
    "fold_name",
    "get_organization",
    "get_program",
    "give_role",
    "has_permission",
    "has_rosters",
    "keep_programs",
    "list_programs",
    "list_roles",
    "map_program_ids",
    "permit_program",
    "read_holdings",
    "read_name",
    "read_role",
    "require_permission",
    "require_program_permission",
    "take_role",
    "title_of",
]
