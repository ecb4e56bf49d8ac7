"""Naming a learner in an address of a page, whatever characters their name has."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.lms.identities.api import IdentityName, Kind, UnknownIdentity, student_key
from matricula.lms.identities.api import email_address as address
from matricula.lms.organizations.api import get_organization

DOTS = {".", ".."}
"""Browsers take them out of paths."""


def read_name(given: Mapping[str, str]) -> IdentityName:
    """Return the name that ``organization`` and ``key``, or ``address``, say.

    Raises:
        UnknownIdentity: they say none, or none that can be.
        UnknownOrganization: there is no such school.
    """
    if given.get("address"):
        name = address(given["address"])
    elif given.get("organization") and given.get("key"):
        organization = get_organization(key=given["organization"])
        name = student_key(given["key"], organization_id=organization.pk)
    else:
        raise UnknownIdentity(_("No name was given."))
    if name.find_fault():
        raise UnknownIdentity(_("Nobody can have that name."))
    return name


def has_name(given: Mapping[str, str]) -> bool:
    """Tell whether ``read_name`` would find one."""
    return bool(given.get("address") or (given.get("organization") and given.get("key")))


def link_to_name(*, kind: str, organization: str | None, value: str) -> str:
    """Return the address of the page of a name."""
    if kind == Kind.EMAIL:
        return f"{reverse('support_waiting')}?{urlencode({'address': value})}"
    if DOTS.isdisjoint(value.split("/")):
        parts = {"organization": organization, "key": value}
        return reverse("support_waiting_student", kwargs=parts)
    query = urlencode({"organization": organization or "", "key": value})
    return f"{reverse('support_waiting')}?{query}"


def link_to_account(username: str) -> str:
    """Return the address of the page of an account."""
    return reverse("support_learner", kwargs={"username": username})


def query_of_name(*, kind: str, organization: str | None, value: str) -> str:
    """Return what ``read_name`` reads back, as a query."""
    if kind == Kind.EMAIL:
        return urlencode({"address": value})
    return urlencode({"organization": organization or "", "key": value})


def word_for_name(given: Mapping[str, str]) -> str:
    """Return a name as staff say it: an address, or a student key with its school."""
    if given.get("address"):
        return given["address"]
    return f"{given.get('organization', '')} {given.get('key', '')}"


def read_given(request: HttpRequest) -> dict[str, str]:
    """Return what a form has sent or, while it is only shown, what its address says."""
    return {name: str(value) for name, value in (request.POST or request.GET).items()}


def keep_given(given: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return what a form has to send again of what was given."""
    return {name: given[name] for name in names if given.get(name)}
