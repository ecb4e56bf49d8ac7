"""Resolving conflicts: a name that two accounts have claimed goes to one of them."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.lms.accounts.api import Account, get_account
from matricula.lms.identities.api import (
    ConflictSides,
    Holder,
    HolderChanged,
    IdentityName,
    Kind,
    UnknownConflict,
    get_conflict,
    list_conflicts,
    resolve_conflict,
)
from matricula.lms.kernel.api import Actor, Invalid
from matricula.lms.organizations.api import get_organization
from matricula.lms.pages.support.admitting import for_support
from matricula.lms.pages.support.confirming import ChangedMeanwhile, Done, confirm
from matricula.lms.pages.support.introducing import introduce_account
from matricula.lms.pages.support.linking import (
    describe_name,
    require_unchanged,
    tell_changed,
)
from matricula.lms.pages.support.naming import link_to_account
from matricula.lms.pages.support.searching import read_number
from matricula.lms.pages.support.wording import KINDS, VIAS

PAGE = 25


class DecisionMissing(Invalid):
    """Nobody has said who gets the name."""

    code = "decision-missing"


@for_support
def show_conflicts(request: HttpRequest, by: Actor) -> HttpResponse:
    """List the open conflicts with both sides, the oldest first."""
    after = read_number(request.GET.get("after", "")) or 0
    found = list_conflicts(by=by, after=after, limit=PAGE + 1)
    shown: dict[str, Any] = {"conflicts": found[:PAGE], "kinds": KINDS, "vias": VIAS}
    shown["after"] = after
    if len(found) > PAGE:
        shown["next"] = f"{reverse('support_conflicts')}?after={found[PAGE - 1].id}"
    return render(request, "support/conflicts.html", shown)


@for_support
def resolve(request: HttpRequest, by: Actor, conflict_id: int) -> HttpResponse:
    """Show both sides and what hangs on the name; end the conflict one way or the other."""
    conflict = get_conflict(conflict_id=conflict_id, by=by)
    described = describe_name(_name(conflict), by=by)
    holder: Account | None = described["held_by"]
    claimant = get_account(username=conflict.claimant)
    shown = {
        **described,
        "conflict": conflict,
        "kind": KINDS[conflict.kind],
        "via": VIAS[conflict.via],
        "sides": [
            (word, introduce_account(each, by=by))
            for word, each in ((_("Holder"), holder), (_("Claimant"), claimant))
            if each is not None
        ],
        "decision": request.POST.get("decision", ""),
    }

    def do(reason: str) -> Done:
        require_unchanged(request, holder)
        decision = request.POST.get("decision", "")
        return _resolve(conflict, decision, holder, by=by, reason=reason)

    return confirm(request, "support/conflict.html", shown, do)


def _resolve(
    conflict: ConflictSides, decision: str, holder: Account | None, *, by: Actor, reason: str
) -> Done:
    if decision not in {"move", "keep"}:
        raise DecisionMissing(_("Say who gets the name."))
    to_claimant = decision == "move"
    try:
        resolve_conflict(
            conflict_id=conflict.id,
            rebind=to_claimant,
            by=by,
            at=datetime.now(UTC),
            reason=reason,
            seen=Holder(None if holder is None else holder.pk),
        )
    except HolderChanged:
        raise tell_changed() from None
    except UnknownConflict as refusal:
        raise ChangedMeanwhile(str(refusal)) from None
    if to_claimant:
        said, username = _("Moved to %(username)s. The conflict is over."), conflict.claimant
    elif holder is not None:
        said, username = _("Left with %(username)s. The conflict is over."), holder.username
    else:
        return _("It waits on. The conflict is over."), reverse("support_conflicts")
    return said % {"username": username}, link_to_account(username)


def _name(conflict: ConflictSides) -> IdentityName:
    school = get_organization(key=conflict.organization).pk if conflict.organization else None
    return IdentityName(Kind(conflict.kind), conflict.value, school)
