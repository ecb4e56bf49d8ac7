"""Orienting: what stands in the navigation of each page for whoever looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.registrar.accounts.api import Account, actor_of
from matricula.registrar.partners.api import Permission, has_permission
from matricula.registrar.uploads.api import Waiting, list_waiting
from matricula.service.tracing import request_id_of

KEPT = "matricula.orientation"
"""Where in a request's ``META`` it is kept: pages and their frame ask for it once."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """Whether one may give roles, and what waits for a second person in one's programs."""

    gives_roles: bool
    waiting: Sequence[Waiting]


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the navigation; ``more`` is for who only hears it."""

    address: str
    words: str
    is_current: bool
    number: int = 0
    more: str = ""


def orient(request: HttpRequest) -> Orientation:
    """Return what is known of who looks; asked once for a request."""
    known = request.META.get(KEPT)
    if not isinstance(known, Orientation):
        known = request.META[KEPT] = _orient(request)
    return known


def list_places(request: HttpRequest) -> list[Place]:
    """Return the links of the navigation; there are none for whoever is not signed in."""
    if not isinstance(getattr(request, "user", None), Account):
        return []
    known, path = orient(request), request.path
    waiting = sum(not each.is_own for each in known.waiting)
    jobs, approvals, people = reverse("jobs"), reverse("approvals"), reverse("people")
    elsewhere = (jobs, approvals, people)
    places = [
        Place(reverse("home"), _("Programs"), not path.startswith(elsewhere)),
        Place(jobs, _("Jobs"), path.startswith(jobs)),
        Place(
            approvals,
            _("Approvals"),
            path.startswith(approvals),
            waiting,
            ngettext("%(number)s waits", "%(number)s wait", waiting) % {"number": waiting},
        ),
    ]
    if known.gives_roles:
        places.append(Place(people, _("People"), path.startswith(people)))
    return places


def _orient(request: HttpRequest) -> Orientation:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101  whoever asks has seen to it
    by = actor_of(account, channel="pages", request_id=request_id_of(request))
    return Orientation(
        gives_roles=has_permission(by, Permission.ROLES_GIVE),
        waiting=list_waiting(by=by, at=datetime.now(UTC)),
    )
