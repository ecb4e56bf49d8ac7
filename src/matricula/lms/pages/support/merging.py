"""Merging two accounts of one person: first what would go over, then the merge."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission
from matricula.lms.accounts.api import Account, get_account
from matricula.lms.kernel.api import Actor, Conflict, Invalid, NotFound
from matricula.lms.pages.support.admitting import for_staff
from matricula.lms.pages.support.confirming import Done, ask_again, confirm
from matricula.lms.pages.support.naming import link_to_account, read_given
from matricula.lms.people.api import merge_accounts


@for_staff(Permission.ACCOUNTS_MERGE, everywhere=True)
def merge(request: HttpRequest, by: Actor) -> HttpResponse:
    """Ask which two; show what would go over, as a trial says; merge once that is confirmed."""
    given = read_given(request)
    said: dict[str, Any] = {"given": given}
    if not (given.get("source") and given.get("into")):
        return ask_again(request, "support/merge.html", said)
    try:
        source, into = (get_account(username=given[side]) for side in ("source", "into"))
        plan = merge_accounts(
            source=source, into=into, by=by, at=datetime.now(UTC), reason="a plan", is_plan=True
        )
    except (NotFound, Conflict, Invalid) as refusal:
        return ask_again(request, "support/merge.html", said, refusal)
    turned = urlencode({"source": into.username, "into": source.username})
    shown = {
        "source": source,
        "into": into,
        "plan": plan,
        "turned": f"{reverse('support_merge')}?{turned}",
    }

    def do(reason: str) -> Done:
        return _merge(source, into, by=by, reason=reason)

    return confirm(request, "support/merge_confirm.html", shown, do)


def _merge(source: Account, into: Account, *, by: Actor, reason: str) -> Done:
    merge_accounts(source=source, into=into, by=by, at=datetime.now(UTC), reason=reason)
    said = {"source": source.username, "into": into.username}
    return (
        _("%(source)s was merged into %(into)s, and is closed.") % said,
        link_to_account(into.username),
    )
