"""Who may see which program: one decision, for lists and for each program alike (ADR 0013)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from matricula.lms.access.api import (
    Permission,
    PermissionMissing,
    has_permission,
    list_permitted_organizations,
)
from matricula.lms.catalog.api import (
    ProgramHead,
    ProgramLink,
    ProgramOutline,
    UnknownProgram,
    get_program,
    get_program_head,
    list_programs_by_type,
    list_programs_of_runs,
)
from matricula.lms.course_enrollments.api import list_course_roles
from matricula.lms.kernel.api import Actor, NotAllowed
from matricula.lms.program_enrollments.api import STATUSES

SEEING = sorted(status.name for status in STATUSES.values() if status.may_see_program)
"""The statuses that let a learner see the program."""


class ProgramOutOfSight(NotAllowed):
    """The actor neither is in the program, nor teaches in it, nor reads its enrollments."""

    code = "program-out-of-sight"


@dataclass(frozen=True, slots=True)
class _Sight:
    """What an actor sees: programs they are in, course runs they teach, and whole schools.

    ``organization_ids`` is None for whoever sees everything.
    """

    organization_ids: frozenset[int] | None
    program_ids: frozenset[int]
    taught_run_ids: frozenset[int]


OWN_PROGRAMS = """
SELECT e.program_id
FROM identity AS i
CROSS JOIN LATERAL (
    SELECT program_id, status FROM program_enrollment WHERE identity_id = i.id OFFSET 0
) AS e
WHERE i.account_id = %(account_id)s AND e.status = ANY(%(seeing)s)
"""

PROGRAMS_OF_ORGANIZATIONS = """
SELECT program_id FROM program_organization
WHERE position = 0 AND organization_id = ANY(%(organization_ids)s)
"""


def list_programs_in_sight(*, type_: str, by: Actor) -> list[ProgramLink]:
    """Return the programs that the actor may see, by key, in a fixed number of queries.

    Those that they teach in or read enrollments of are of the type; those that they are in
    themselves are of any.
    """
    sight = _look(by)
    if sight.organization_ids is None:
        return list_programs_by_type(type_=type_)
    ids = _list_programs_of_organizations(sight.organization_ids)
    if sight.taught_run_ids:
        ids |= {id_ for id_, _ in list_programs_of_runs(run_ids=sight.taught_run_ids)}
    of_type = list_programs_by_type(type_=type_, ids=ids) if ids else []
    own_ids = sight.program_ids
    own = list_programs_by_type(type_=None, ids=own_ids) if own_ids else []
    return sorted({*of_type, *own}, key=lambda link: link.key)


def require_sight(*, program: ProgramOutline, by: Actor) -> None:
    """Answer with silence if the actor may see the program; at most three queries.

    Raises:
        ProgramOutOfSight: they may not.
    """
    sight = _look(by)
    if (
        sight.organization_ids is not None
        and program.organization_id not in sight.organization_ids
        and program.id not in sight.program_ids
        and sight.taught_run_ids.isdisjoint(run.id for run in program.runs)
    ):
        raise ProgramOutOfSight(f"{by.name} may not see program {program.key!r}.")


def get_program_in_reach(
    *, uuid: str, permission: Permission, by: Actor, stamp: UUID | None = None
) -> ProgramOutline:
    """Return the program of that uuid, if the actor has the permission for it.

    Two queries, and one more to refuse; with the catalog's ``stamp`` of this moment often none
    for the program.

    Raises:
        PermissionMissing: they have it nowhere at all, or may only read there.
        ProgramWithoutOrganization: the catalog names none for it.
        UnknownProgram: there is none, or neither the permission nor that to read reaches it.
    """
    permitted = _require_somewhere(permission, by=by)
    program = get_program(key=_read_uuid(uuid), stamp=stamp)
    _require_reach(program, uuid, permission, permitted, by=by)
    return program


def get_program_head_in_reach(
    *, uuid: str, permission: Permission, by: Actor, stamp: UUID | None = None
) -> ProgramHead:
    """Return what ``get_program_in_reach`` does, without the program's course runs.

    Raises:
        PermissionMissing, ProgramWithoutOrganization, UnknownProgram: as there.
    """
    permitted = _require_somewhere(permission, by=by)
    program = get_program_head(key=_read_uuid(uuid), stamp=stamp)
    _require_reach(program, uuid, permission, permitted, by=by)
    return program


def get_program_of_uuid(*, uuid: str) -> ProgramOutline:
    """Return the program of that uuid, and none that has the text as its key.

    Raises:
        ProgramWithoutOrganization: the catalog names none for it.
        UnknownProgram: there is none, or the text is no uuid.
    """
    return get_program(key=_read_uuid(uuid))


def _require_somewhere(permission: Permission, *, by: Actor) -> frozenset[int] | None:
    permitted = list_permitted_organizations(by, permission)
    if permitted is not None and not permitted:
        raise PermissionMissing(f"{by.name} may not {permission} anywhere.")
    return permitted


def _require_reach(
    program: ProgramHead,
    uuid: str,
    permission: Permission,
    permitted: frozenset[int] | None,
    *,
    by: Actor,
) -> None:
    if permitted is None or program.organization_id in permitted:
        return
    if has_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id):
        raise PermissionMissing(f"{by.name} may not {permission} here.")
    raise UnknownProgram(f"There is no program {uuid!r}.")


def _read_uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise UnknownProgram(f"There is no program {text!r}.") from None


def _look(by: Actor) -> _Sight:
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    if permitted is None:
        return _Sight(None, frozenset(), frozenset())
    if by.account_id is None:
        return _Sight(permitted, frozenset(), frozenset())
    taught = list_course_roles(account_id=by.account_id, by=by)
    with connection.cursor() as cursor:
        cursor.execute(OWN_PROGRAMS, {"account_id": by.account_id, "seeing": SEEING})
        own = frozenset(id_ for (id_,) in cursor.fetchall())
    return _Sight(permitted, own, frozenset(role.course_run_id for role in taught))


def _list_programs_of_organizations(organization_ids: Collection[int]) -> set[int]:
    if not organization_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(PROGRAMS_OF_ORGANIZATIONS, {"organization_ids": list(organization_ids)})
        return {id_ for (id_,) in cursor.fetchall()}
