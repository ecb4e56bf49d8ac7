"""Finding organizations."""

from matricula.lms.kernel.api import NotFound
from matricula.lms.organizations.models import Organization


class UnknownOrganization(NotFound):
    """No organization has that key."""

    code = "organization-not-found"


def get_organization(*, key: str) -> Organization:
    """Return the organization of that key, letter case ignored.

    Raises:
        UnknownOrganization: there is none.
    """
    found = Organization.objects.filter(key__iexact=key.strip()).first()
    if found is None:
        message = f"There is no organization {key!r}."
        raise UnknownOrganization(message)
    return found


def list_organizations() -> list[Organization]:
    """Return all organizations by key."""
    return list(Organization.objects.order_by("key"))
