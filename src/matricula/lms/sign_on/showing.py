"""The pages of sign-on: what went wrong, what a trial shows, the way out."""

from enum import Enum

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from matricula.lms.sign_on.asserting import Asserted
from matricula.lms.sign_on.models import Provider
from matricula.service.tracing import request_id_of

log = structlog.get_logger("matricula.sign_on")


class Trouble(Enum):
    """Why nobody was signed in: the status, the heading, and what to do."""

    CANCELED = (
        200,
        _("You did not sign in"),
        _("You came back from {title} without signing in there. Nothing has happened."),
    )
    OUTDATED = (
        400,
        _("That sign-in is over"),
        _("It took too long, was done already, or began in another browser. Please begin again."),
    )
    AWAY = (
        503,
        _("{title} does not answer"),
        _("Its sign-in cannot be reached just now. Please try again in a few minutes."),
    )
    REFUSED = (
        401,
        _("You could not be signed in"),
        _(
            "What {title} answered cannot be trusted or understood. Please try again, or ask "
            "support."
        ),
    )
    JOINED_ELSEWHERE = (
        409,
        _("You have another account"),
        _("That person of {title} signs in to another account here. Support can make one of two."),
    )


def show_trouble(
    request: HttpRequest, title: str, trouble: Trouble, *, cause: Exception | None = None
) -> HttpResponse:
    """Say why nobody was signed in, with a way back; the cause is for the log alone."""
    status, heading, words = trouble.value
    log.info("sign-on ended", trouble=trouble.name.lower(), cause=_name(cause))
    context = {
        "heading": heading.format(title=title),
        "words": words.format(title=title),
        "request_id": request_id_of(request),
    }
    return render(request, "sign_on/trouble.html", context, status=status)


def show_trial(request: HttpRequest, provider: Provider, asserted: Asserted) -> HttpResponse:
    """Show what a provider in test mode has said, and do nothing."""
    log.info("sign-on tried out", provider=provider.slug, has_key=asserted.student_key is not None)
    return render(request, "sign_on/trial.html", {"provider": provider, "asserted": asserted})


def _name(cause: Exception | None) -> str | None:
    """Name an error without its text, which may hold what a provider has sent."""
    return None if cause is None else getattr(cause, "fault", type(cause).__name__)
