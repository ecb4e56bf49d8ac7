"""Listing programs and organizations, for whoever may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.asking import Permissions, read_holdings, tell_missing
from matricula.registrar.partners.models import Organization, Program
from matricula.registrar.partners.roles import Permission
from matricula.service.quoting import quote
from matricula.service.refusals import NotFound


class UnknownProgram(NotFound):
    """There is no program of that key."""

    code = "unknown-program"


class UnknownOrganization(NotFound):
    """There is no organization of that key."""

    code = "unknown-organization"


@dataclass(frozen=True, slots=True)
class PermittedProgram:
    """A program, and what the one who asked may do in it."""

    program: Program
    permissions: Permissions


def list_programs(
    *,
    by: Actor,
    permission: Permission = Permission.READ_METADATA,
    organization_key: str | None = None,
    title: str = "",
    words: str = "",
) -> list[PermittedProgram]:
    """Return the programs in which the actor has the permission, by title.

    ``title`` is a part of theirs, letter case ignored; a program without one is called by its key.
    ``words`` are a part of title or key.
    Three queries at most, whatever the number.

    Raises:
        UnknownOrganization: there is none of that key.
    """
    holdings = read_holdings(by)
    found = Program.objects.all()
    if organization_key is not None:
        found = found.filter(organization=get_organization(key=organization_key))
    permitted = (PermittedProgram(each, holdings.on_program(each)) for each in found)
    wanted, sought = title.strip().casefold(), words.strip().casefold()
    return sorted(
        (
            each
            for each in permitted
            if permission in each.permissions
            and wanted in title_of(each.program).casefold()
            and sought in f"{title_of(each.program)}\n{each.program.key}".casefold()
        ),
        key=lambda each: (title_of(each.program).casefold(), each.program.key),
    )


def permit_program(program: Program, *, permission: Permission, by: Actor) -> PermittedProgram:
    """Return a program with what the actor may do in it. One query.

    Raises:
        PermissionMissing: the actor has not the permission in it.
    """
    permissions = read_holdings(by).on_program(program)
    if permission not in permissions:
        raise tell_missing(permission, program=program)
    return PermittedProgram(program, permissions)


def find_program(*, key: str) -> Program | None:
    """Return the program of a key, or None. One query."""
    return Program.objects.filter(key=key).first()


def get_program(*, key: str) -> Program:
    """Return the program of a key.

    Raises:
        UnknownProgram: there is none.
    """
    program = find_program(key=key)
    if program is None:
        raise UnknownProgram(_("There is no program %(key)s.") % {"key": quote(key)})
    return program


def map_program_ids(uuids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the ids of programs by uuid."""
    return dict(Program.objects.filter(uuid__in=list(uuids)).values_list("uuid", "pk"))


def get_organization(*, key: str) -> Organization:
    """Return the organization of a key.

    Raises:
        UnknownOrganization: there is none.
    """
    organization = Organization.objects.filter(key=key).first()
    if organization is None:
        raise UnknownOrganization(_("There is no organization %(key)s.") % {"key": quote(key)})
    return organization


def title_of(program: Program) -> str:
    """Return what a program is called: its key, where it has no title."""
    return program.title or program.key
