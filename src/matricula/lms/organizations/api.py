"""The door of organizations."""

from matricula.lms.organizations.loading import (
    InvalidOrganization,
    LoadedOrganizations,
    OrganizationRecord,
    load_organizations,
)
from matricula.lms.organizations.models import Organization
from matricula.lms.organizations.reading import (
    UnknownOrganization,
    get_organization,
    list_organizations,
)

__all__ = [
    "InvalidOrganization",
    "LoadedOrganizations",
    "Organization",
    "OrganizationRecord",
    "UnknownOrganization",
    "get_organization",
    "list_organizations",
    "load_organizations",
]
