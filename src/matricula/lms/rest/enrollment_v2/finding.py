"""Finding what a request names; what the caller may not know of is not there."""

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.catalog.api import (
    ProgramLead,
    ProgramOutline,
    UnknownProgram,
    get_program,
    get_program_lead,
)
from matricula.lms.identities.api import IdentityName, email_address, student_key
from matricula.lms.kernel.api import Actor
from matricula.lms.organizations.api import Organization, UnknownOrganization, get_organization
from matricula.lms.rest.enrollment_v2.reading import InvalidParameter


def find_program(key: str, *, by: Actor) -> ProgramOutline:
    """Return the program of a key or uuid, for who reads its enrollments.

    Raises:
        UnknownProgram: there is none that the caller may know of.
    """
    program = get_program(key=key)
    _require_reading(key, program.organization_id, by=by)
    return program


def find_program_lead(key: str, *, by: Actor) -> ProgramLead:
    """Return as much as a list needs of what ``find_program`` does, at a tenth of its cost.

    Raises:
        UnknownProgram: there is none that the caller may know of.
    """
    program = get_program_lead(key=key)
    _require_reading(key, program.organization_id, by=by)
    return program


def find_organization(key: str, *, by: Actor) -> Organization:
    """Return the organization of a key, for who reads its enrollments.

    Raises:
        UnknownOrganization: there is none that the caller may know of.
    """
    organization = get_organization(key=key)
    if not has_permission(by, Permission.ENROLLMENTS_READ, organization_id=organization.pk):
        raise UnknownOrganization(f"There is no organization {key!r}.")
    return organization


def name_learner(
    *, organization: str | None, key: str | None, email: str | None, by: Actor
) -> IdentityName:
    """Return the name that a query gives: a student key with its organization, or an address.

    Raises:
        InvalidParameter: it gives neither, or both.
        UnknownOrganization: there is none that the caller may know of.
    """
    if key is not None and organization is not None and email is None:
        return student_key(key, organization_id=find_organization(organization, by=by).pk)
    if email is not None and key is None and organization is None:
        return email_address(email)
    raise InvalidParameter("Give either student_key and organization, or email.")


def _require_reading(key: str, organization_id: int, *, by: Actor) -> None:
    if not has_permission(by, Permission.ENROLLMENTS_READ, organization_id=organization_id):
        raise UnknownProgram(f"There is no program {key!r}.")
