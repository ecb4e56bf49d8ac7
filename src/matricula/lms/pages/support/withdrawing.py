"""Withdrawing what waits for a name: first how much, then the deed."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from matricula.lms.kernel.api import Actor
from matricula.lms.pages.support.admitting import for_support
from matricula.lms.pages.support.confirming import Done, confirm
from matricula.lms.pages.support.linking import NAMED_BY, describe_name
from matricula.lms.pages.support.naming import (
    keep_given,
    link_to_name,
    read_given,
    read_name,
    word_for_name,
)
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting


@for_support
def withdraw(request: HttpRequest, by: Actor) -> HttpResponse:
    """Take back what waits for a name; whoever writes the school's enrollments may."""
    given = read_given(request)
    name = read_name(given)
    which = Waiting(names=(name,))
    plan = withdraw_waiting(
        which=which, by=by, at=datetime.now(UTC), reason="a plan", is_plan=True
    )
    shown = {
        **describe_name(name, by=by),
        "plan": plan,
        "called": word_for_name(given),
        "hidden": keep_given(given, *NAMED_BY),
        "back": link_to_name(
            kind=name.kind, organization=given.get("organization"), value=name.value
        ),
    }

    def do(reason: str) -> Done:
        withdraw_waiting(which=which, by=by, at=datetime.now(UTC), reason=reason)
        return _("Taken back. The ledger keeps what it was."), shown["back"]

    return confirm(request, "support/withdraw.html", shown, do)
