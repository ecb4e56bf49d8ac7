"""The door of organizations."""

from matricula.lms.organizations.loading import (
    InvalidOrganization,
    LoadedOrganizations,
    OrganizationRecord,
    load_organizations,
)
from matricula.lms.organizations.models import Organization
from matricula.lms.organizations.reading import (
    OrganizationPage,
    UnknownOrganization,
    get_organization,
    list_organization_records,
    list_organizations,
)

__all__ = [
    "InvalidOrganization",
    "LoadedOrganizations",
    "Organization",
    "OrganizationPage",
    "OrganizationRecord",
    "UnknownOrganization",
    "get_organization",
    "list_organization_records",
    "list_organizations",
    "load_organizations",
]
