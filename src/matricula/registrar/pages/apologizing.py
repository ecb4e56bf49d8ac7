"""Apologizing: what was refused, or went wrong, told as a page with a next step."""

from collections.abc import Mapping

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from matricula.registrar.kernel.api import (
    LmsIsBroken,
    LmsIsBusy,
    LmsIsUnreachable,
    LmsNotSetUp,
    LmsRefusesUs,
)
from matricula.registrar.partners.api import PermissionMissing
from matricula.service.refusals import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    Unavailable,
)
from matricula.service.tracing import request_id_of

TEMPLATE = "registrar/trouble.html"
RETRY_SECONDS = "5"
STATUSES: Mapping[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 400,
    Unavailable: 503,
}
OF_THE_LMS = (LmsIsBroken, LmsIsBusy, LmsIsUnreachable, LmsNotSetUp, LmsRefusesUs)

log = structlog.get_logger("matricula.pages")


def apologize(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Tell a refusal: what it means for the reader, and what they can do."""
    status = status_of(refusal)
    log.info("page refused", reason=refusal.code, status=status)
    said = {
        "problem": {
            "status": status,
            "code": refusal.code,
            "detail": words_of(refusal),
            "request_id": request_id_of(request),
        },
        "is_of_lms": isinstance(refusal, OF_THE_LMS),
        "back": find_form(request),
    }
    answer = render(request, TEMPLATE, said, status=status)
    if isinstance(refusal, Unavailable):
        answer["Retry-After"] = RETRY_SECONDS
    return answer


def find_form(request: HttpRequest) -> str:
    """Return the page of ours whose form was sent, to go back to."""
    page = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return page if request.method == "POST" and is_ours else ""


def status_of(refusal: Refusal) -> int:
    """Return what a refusal is in HTTP."""
    return next(status for kind, status in STATUSES.items() if isinstance(refusal, kind))


def words_of(refusal: Refusal) -> str:
    """Return what a refusal says to a person."""
    if isinstance(refusal, PermissionMissing):
        return _("You have no role that allows this here.")
    if isinstance(refusal, LmsRefusesUs):
        return _("The learning platform does not let this service in. Its operator must mend it.")
    return str(refusal)
