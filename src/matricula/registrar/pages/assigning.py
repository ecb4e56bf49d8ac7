"""Assigning roles: who may do what, and giving and taking it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matricula.registrar.pages.entering import Visit, console_page
from matricula.registrar.pages.paging import PAGE_SIZE, count_part
from matricula.registrar.pages.reading import read_number, read_sent, read_words
from matricula.registrar.pages.wording import ROLES
from matricula.registrar.partners.api import (
    Organization,
    Program,
    RoleAssignment,
    UnknownOrganization,
    UnknownProgram,
    get_organization,
    get_program,
    get_role,
    give_role,
    is_last_who_gives_roles,
    search_roles,
    take_role,
)
from matricula.service.refusals import Invalid

EVERYWHERE, AT_SCHOOL, IN_PROGRAM = "everywhere", "organization", "program"
PLACES = (EVERYWHERE, AT_SCHOOL, IN_PROGRAM)
BAD_REQUEST = 400


@require_http_methods(["GET", "HEAD", "POST"])
@console_page
def show_people(visit: Visit) -> HttpResponse:
    """Show who has which role, and give one."""
    if visit.request.method != "POST":
        return _list_people(visit)
    try:
        is_new = give_role(
            name=read_sent(visit.request, "name"),
            role=read_sent(visit.request, "role"),
            **_read_place(visit),
            by=visit.by,
            at=visit.at,
        )
    except (Invalid, UnknownOrganization, UnknownProgram) as refusal:
        return _list_people(visit, fault=str(refusal))
    words = _("The role is given.") if is_new else _("They had this role already.")
    messages.success(visit.request, words)
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
@console_page
def take(visit: Visit, assignment: int) -> HttpResponse:
    """Ask whether a role is to be taken, and take it."""
    found = get_role(assignment=assignment, by=visit.by)
    if visit.request.method == "POST":
        take_role(
            name=found.name,
            role=found.role,
            organization=found.organization,
            program=found.program,
            by=visit.by,
        )
        messages.success(visit.request, _("The role is taken away."))
        return redirect("people")
    said = {
        "found": found,
        "role": ROLES[found.role],
        "is_own": _is_of(visit, found),
        "is_last": is_last_who_gives_roles(assignment=found, by=visit.by),
    }
    return visit.show("registrar/take_role.html", said)


def _list_people(visit: Visit, *, fault: str = "") -> HttpResponse:
    words = read_words(visit.request, "q")
    number = read_number(visit.request, "page", otherwise=1)
    found, count = search_roles(
        by=visit.by, words=words, start=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    said: dict[str, Any] = {
        "assignments": found,
        "part": count_part(found, count=count, number=number),
        "q": words,
        "roles": ROLES,
        "places": PLACES,
        "given": visit.request.POST,
        "fault": fault,
    }
    return visit.show("registrar/people.html", said, status=BAD_REQUEST if fault else 200)


def _read_place(visit: Visit) -> dict[str, Any]:
    """Return the organization or the program that the form names, or neither."""
    place, key = read_sent(visit.request, "place"), read_sent(visit.request, "key")
    organization: Organization | None = get_organization(key=key) if place == AT_SCHOOL else None
    program: Program | None = get_program(key=key) if place == IN_PROGRAM else None
    return {"organization": organization, "program": program}


def _is_of(visit: Visit, assignment: RoleAssignment) -> bool:
    account = visit.account
    return assignment.name.casefold() in {
        account.username.casefold(),
        account.verified_email.casefold(),
    }
