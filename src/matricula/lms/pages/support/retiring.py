"""Retiring a person: what goes and what stays, and their username typed before it is done."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission
from matricula.lms.accounts.api import get_account
from matricula.lms.kernel.api import Actor, Invalid
from matricula.lms.learners.api import get_learner, picture_learner
from matricula.lms.pages.support.admitting import for_staff
from matricula.lms.pages.support.confirming import Done, confirm
from matricula.lms.pages.support.naming import read_given
from matricula.lms.people.api import retire_account


class NotTyped(Invalid):
    """What was typed is not the username of who would be retired."""

    code = "not-typed"


@for_staff(Permission.ACCOUNTS_RETIRE, everywhere=True)
def retire(request: HttpRequest, by: Actor) -> HttpResponse:
    """Erase a person, once somebody has typed the username and said why."""
    given = read_given(request)
    learner = get_learner(username=given.get("username", ""), by=by)
    account = get_account(username=learner.username or "")
    shown = {"account": account, "picture": picture_learner(learner=learner, by=by)}

    def do(reason: str) -> Done:
        if request.POST.get("typed", "").strip() != account.username:
            raise NotTyped(_("Type the username exactly, to say that you mean this person."))
        retire_account(account=account, by=by, at=datetime.now(UTC), reason=reason)
        return _("The person is retired: nothing here names them any more."), reverse("support")

    return confirm(request, "support/retire.html", shown, do)
