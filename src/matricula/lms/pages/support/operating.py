"""Operating: how the platform runs, for those who run it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matricula.lms.access.api import Permission
from matricula.lms.addresses.api import send_mail_again
from matricula.lms.changes.api import MOST_COUNTED
from matricula.lms.kernel.api import Actor
from matricula.lms.operating.api import MAIL_SHOWN, look_at_platform
from matricula.lms.pages.support.admitting import for_staff
from matricula.lms.pages.support.wording import name_actors

STATES = {
    "pending": gettext_lazy("Waits for a worker"),
    "in_progress": gettext_lazy("Running"),
    "failed": gettext_lazy("Failed"),
}
SEVERITIES = {
    "error": gettext_lazy("an error: a promise is broken"),
    "warning": gettext_lazy("a warning: nobody is harmed yet"),
}
TASKS = {
    "addresses.hand_over_mail": gettext_lazy("handing mail over to the mail server"),
    "addresses.answer_proof": gettext_lazy("taking up a proven address"),
    "addresses.sweep_proofs": gettext_lazy("taking up proven addresses"),
    "clients.forget_tokens": gettext_lazy("forgetting old tokens and sessions"),
    "integrity.check_daily": gettext_lazy("the daily check of all that must hold"),
    "kept_answers.forget_answers": gettext_lazy("forgetting answers to repeated calls"),
    "plans.work_off_plan": gettext_lazy("foreseeing an undo, or applying a plan"),
    "rate_limits.forget_counts": gettext_lazy("forgetting who has asked how often"),
    "rosters.forget_jobs": gettext_lazy("forgetting old rosters and plans"),
    "rosters.work_off_roster": gettext_lazy("writing or planning a roster"),
    "sign_on.forget_assertions": gettext_lazy("forgetting old sign-ons"),
    "sign_on.settle": gettext_lazy("taking up what a sign-on has said"),
    "sign_on.sweep": gettext_lazy("taking up what sign-ons have said"),
}

for_operators = for_staff(Permission.PLATFORM_OPERATE, everywhere=True)


@for_operators
def operate(request: HttpRequest, by: Actor) -> HttpResponse:
    """Show queue, workers, rosters, mail, ledger, the last check, and sizes."""
    at = datetime.now(UTC)
    figures = look_at_platform(by=by, at=at)
    shown = {
        "figures": figures,
        "at": at,
        "mail": figures.mail[:MAIL_SHOWN],
        "has_more_mail": len(figures.mail) > MAIL_SHOWN,
        "is_alive": any(each.is_alive for each in figures.workers),
        "checked_by": name_actors([figures.check.actor]) if figures.check else {},
        "states": STATES,
        "severities": SEVERITIES,
        "most_counted": MOST_COUNTED,
        "tasks": TASKS,
    }
    return render(request, "support/operating.html", shown)


@for_operators
def send_again(request: HttpRequest, by: Actor) -> HttpResponse:
    """Have given-up mail tried again; who has had to sign in meanwhile only comes back."""
    if request.method == "POST":
        _tell_sent(request, send_mail_again(by=by))
    return redirect("support_operating")


def _tell_sent(request: HttpRequest, count: int) -> None:
    said = ngettext("%(count)d mail is tried again.", "%(count)d mails are tried again.", count)
    if count:
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("No mail is given up. There was nothing to send again."))
