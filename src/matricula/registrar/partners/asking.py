"""Asking for a permission: the yes or no, and the programs it holds for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Q

from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.models import NameKind, Program
from matricula.registrar.partners.naming import fold_name
from matricula.registrar.partners.roles import (
    API_PERMISSIONS,
    DEEDS,
    OF_ROSTERS,
    PERMISSIONS_BY_KIND,
    ROLES,
    Permission,
)
from matricula.service.folding import fold
from matricula.service.refusals import NotAllowed

# What somebody holds by their username or by their verified address; no address is "".
HELD = """
SELECT role, organization_id, program_id
FROM partner_role
WHERE (folded = %(username)s AND kind = 'username' AND %(username)s <> '')
   OR (folded = %(email)s AND kind = 'email' AND %(email)s <> '')
"""

Permissions = frozenset[Permission]


class PermissionMissing(NotAllowed):
    """The actor has no role that allows it there."""

    code = "permission-missing"


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that an actor may do: everywhere, by organization and by program, by id."""

    everywhere: Permissions
    by_organization: Mapping[int, Permissions]
    by_program: Mapping[int, Permissions]

    def on_program(self, program: Program) -> Permissions:
        """Return what callers know of it in a program: the union of what is held anywhere.

        Without rosters, where the program's type is known to have none. A type that is not known,
        because the catalog has none or was never read, takes nothing away.
        """
        held = self.everywhere | self.by_program.get(program.pk, frozenset())
        if program.organization_id is not None:
            held |= self.by_organization.get(program.organization_id, frozenset())
        held &= API_PERMISSIONS
        return held if has_rosters(program) else held - OF_ROSTERS

    def in_programs(self, permission: Permission, *, program: str = "program") -> Q:
        """Return which rows are of programs where it is held; ``program`` is the way there.

        The programs' types are left out: ``on_program`` has the last word where they matter.
        """
        if permission in self.everywhere:
            return Q()
        programs = [pk for pk, held in self.by_program.items() if permission in held]
        schools = [pk for pk, held in self.by_organization.items() if permission in held]
        of_schools = Q(**{f"{program}__organization__in": schools})
        return Q(**{f"{program}__in": programs}) | of_schools


_known: ContextVar[dict[Actor, Holdings] | None] = ContextVar("holdings", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Read for a block what an actor may do only once: for a page that is looked at."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def read_holdings(by: Actor) -> Holdings:
    """Return what an actor may do. One query for accounts, none for others."""
    known = _known.get()
    if known is None:
        return _read_holdings(by)
    if by not in known:
        known[by] = _read_holdings(by)
    return known[by]


def _read_holdings(by: Actor) -> Holdings:
    everywhere = PERMISSIONS_BY_KIND[by.kind]
    organizations: dict[int, Permissions] = {}
    programs: dict[int, Permissions] = {}
    for role, organization_id, program_id in _read_roles(by):
        permissions = ROLES[role].permissions
        if program_id is not None:
            programs[program_id] = programs.get(program_id, frozenset()) | permissions
        elif organization_id is not None:
            before = organizations.get(organization_id, frozenset())
            organizations[organization_id] = before | permissions
        else:
            everywhere |= permissions
    return Holdings(everywhere, organizations, programs)


def require_program_permission(by: Actor, permission: Permission, *, program: Program) -> None:
    """Answer with silence if the actor has the permission in the program. One query.

    Raises:
        PermissionMissing: they have not.
    """
    if permission not in read_holdings(by).on_program(program):
        raise tell_missing(permission, program=program)


def require_permission(by: Actor, permission: Permission) -> None:
    """Answer with silence if the actor has the permission everywhere.

    Raises:
        PermissionMissing: they have not.
    """
    if not has_permission(by, permission):
        raise tell_missing(permission)


def tell_missing(permission: Permission, *, program: Program | None = None) -> PermissionMissing:
    """Return the refusal for want of a permission, in words for whoever is refused."""
    where = f" in the program {program.key}" if program else ""
    return PermissionMissing(
        f"You may not {DEEDS[permission]}{where}. It takes a role with the permission "
        f"{permission}, which whoever runs this service can give you."
    )


def has_permission(by: Actor, permission: Permission) -> bool:
    """Tell whether the actor has the permission everywhere."""
    return permission in read_holdings(by).everywhere


def has_rosters(program: Program) -> bool:
    """Tell whether schools enroll in programs of this type, which the settings may deny."""
    without = {fold(each) for each in settings.TYPES_WITHOUT_ROSTERS}
    return fold(program.type).replace("-", " ") not in {each.replace("-", " ") for each in without}


def _read_roles(by: Actor) -> list[tuple[str, int | None, int | None]]:
    if by.account_id is None:
        return []
    names = {
        "username": fold_name(NameKind.USERNAME, by.username),
        "email": fold_name(NameKind.EMAIL, by.email),
    }
    with connection.cursor() as cursor:
        cursor.execute(HELD, names)
        roles: list[tuple[str, int | None, int | None]] = cursor.fetchall()
    return roles
