"""Finding organizations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from matricula.lms.kernel.api import UNSTORABLE, NotFound
from matricula.lms.organizations.loading import OrganizationRecord
from matricula.lms.organizations.models import Organization

PAGE = 20


class UnknownOrganization(NotFound):
    """No organization has that key."""

    code = "organization-not-found"


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """Some of the organizations that were asked for, and how many there are of them in all."""

    count: int
    organizations: Sequence[OrganizationRecord]


def get_organization(*, key: str) -> Organization:
    """Return the organization of that key, letter case ignored.

    Raises:
        UnknownOrganization: there is none.
    """
    found = None
    if not UNSTORABLE.search(key):
        found = Organization.objects.filter(key__iexact=key.strip()).first()
    if found is None:
        message = _("There is no organization %(key)r.") % {"key": key}
        raise UnknownOrganization(message)
    return found


def list_organizations() -> list[Organization]:
    """Return all organizations by key."""
    return list(Organization.objects.order_by("key"))


def list_organization_records(
    *, ids: Collection[int] | None = None, offset: int = 0, limit: int = PAGE
) -> OrganizationPage:
    """Return all organizations, or those of the ids, by uuid and as a catalog names them."""
    found = Organization.objects.order_by("uuid")
    if ids is not None:
        found = found.filter(pk__in=ids)
    return OrganizationPage(
        count=found.count(),
        organizations=[
            OrganizationRecord(key=each.key, uuid=each.uuid, name=each.name)
            for each in found[offset : offset + limit]
        ],
    )
