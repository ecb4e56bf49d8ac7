"""The door of organizations."""

from matricula.lms.organizations.models import Organization
from matricula.lms.organizations.reading import (
    UnknownOrganization,
    get_organization,
    list_organizations,
)

__all__ = ["Organization", "UnknownOrganization", "get_organization", "list_organizations"]
