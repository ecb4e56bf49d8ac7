"""Giving roles, and taking them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.asking import require_permission
from matricula.registrar.partners.models import NameKind, Organization, Program, RoleAssignment
from matricula.registrar.partners.naming import fold_name, read_name
from matricula.registrar.partners.roles import EVERYWHERE_ONLY, ROLES, Permission
from matricula.service.quoting import quote
from matricula.service.refusals import Invalid, NotFound

PREFIXES = {"organization": "organization_", "program": "program_"}
"""What edX's Registrar writes before the name of a role, by where it is held."""


class UnknownRole(Invalid):
    """There is no role of that name, or it is not held in such a place."""

    code = "unknown-role"


class UnknownAssignment(NotFound):
    """The role was taken meanwhile."""

    code = "unknown-assignment"


def give_role(
    *,
    name: str,
    role: str,
    organization: Organization | None = None,
    program: Program | None = None,
    by: Actor,
    at: datetime,
) -> bool:
    """Give a role to whoever has a username or address, now or later; return whether it is new.

    For an organization, a program, or everywhere without either.

    Raises:
        InvalidName: nobody can be called so.
        PermissionMissing: the actor may not give roles.
        UnknownRole: there is no such role for such a place.
    """
    require_permission(by, Permission.ROLES_GIVE)
    kind, known_as = read_name(name)
    assignment = RoleAssignment(
        kind=kind.value,
        name=known_as,
        folded=fold_name(kind, known_as),
        role=read_role(role, organization=organization, program=program),
        organization=organization,
        program=program,
        given_by=by.name,
        given_at=at,
    )
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError:  # one_assignment_per_name_role_and_place
        return False
    return True


def take_role(
    *,
    name: str,
    role: str,
    organization: Organization | None = None,
    program: Program | None = None,
    by: Actor,
) -> bool:
    """Take a role where it was given, and nowhere else; return whether it was held.

    Raises:
        InvalidName: nobody can be called so.
        PermissionMissing: the actor may not take roles.
        UnknownRole: there is no such role for such a place.
    """
    require_permission(by, Permission.ROLES_GIVE)
    kind, known_as = read_name(name)
    count, _ = RoleAssignment.objects.filter(
        kind=kind.value,
        folded=fold_name(kind, known_as),
        role=read_role(role, organization=organization, program=program),
        **({"organization": organization} if organization else {"organization__isnull": True}),
        **({"program": program} if program else {"program__isnull": True}),
    ).delete()
    return bool(count)


def list_roles(*, by: Actor, name: str | None = None) -> list[RoleAssignment]:
    """Return who holds what, of one name or of all.

    Raises:
        InvalidName: nobody can be called so.
        PermissionMissing: the actor may not give roles.
    """
    require_permission(by, Permission.ROLES_GIVE)
    found = RoleAssignment.objects.select_related("organization", "program")
    if name is not None:
        kind, known_as = read_name(name)
        found = found.filter(kind=kind.value, folded=fold_name(kind, known_as))
    return list(found.order_by("folded", "organization__key", "program__key", "role"))


def search_roles(
    *, by: Actor, words: str = "", start: int = 0, limit: int
) -> tuple[list[RoleAssignment], int]:
    """Return so many assignments by name, and how many there are in all.

    ``words`` are a part of a name, or of the key of an organization or a program.

    Raises:
        PermissionMissing: the actor may not give roles.
    """
    require_permission(by, Permission.ROLES_GIVE)
    found = RoleAssignment.objects.select_related("organization", "program")
    if words:
        found = found.filter(
            Q(name__icontains=words)
            | Q(organization__key__icontains=words)
            | Q(program__key__icontains=words)
        )
    ordered = found.order_by("folded", "organization__key", "program__key", "role", "pk")
    return list(ordered[start : start + limit]), found.count()


def get_role(*, assignment: int, by: Actor) -> RoleAssignment:
    """Return an assignment by its id.

    Raises:
        PermissionMissing: the actor may not give roles.
        UnknownAssignment: there is none, or no longer.
    """
    require_permission(by, Permission.ROLES_GIVE)
    found = RoleAssignment.objects.select_related("organization", "program")
    there = found.filter(pk=assignment).first()
    if there is None:
        raise UnknownAssignment(_("Nobody has this role, or no longer."))
    return there


def is_last_who_gives_roles(*, assignment: RoleAssignment, by: Actor) -> bool:
    """Tell whether without it nobody could give roles, but operators at the machine.

    Raises:
        PermissionMissing: the actor may not give roles.
    """
    require_permission(by, Permission.ROLES_GIVE)
    giving = [name for name, role in ROLES.items() if Permission.ROLES_GIVE in role.permissions]
    if assignment.role not in giving:
        return False
    others = RoleAssignment.objects.filter(role__in=giving, organization=None, program=None)
    return not others.exclude(pk=assignment.pk).exists()


def read_role(
    given: str, *, organization: Organization | None = None, program: Program | None = None
) -> str:
    """Return the name of a role, which may be written as edX's Registrar does.

    Raises:
        UnknownRole: there is none for such a place.
    """
    name = given
    if organization is not None:
        name = given.removeprefix(PREFIXES["organization"])
    if program is not None:
        name = given.removeprefix(PREFIXES["program"])
    if name not in ROLES:
        raise UnknownRole(
            _("There is no role %(given)s; there are %(names)s.")
            % {"given": quote(given), "names": ", ".join(ROLES)}
        )
    if name in EVERYWHERE_ONLY and (organization or program):
        raise UnknownRole(
            _("The role %(name)s is held everywhere or not at all.") % {"name": name}
        )
    return name


def name_kind(given: str) -> NameKind:
    """Tell whether a name is a username or an address.

    Raises:
        InvalidName: it is neither.
    """
    return read_name(given)[0]
