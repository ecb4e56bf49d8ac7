"""Deciding on what others have sent, and what waits for a second person."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matricula.registrar.jobs.api import Job
from matricula.registrar.pages.entering import Visit, console_page
from matricula.registrar.pages.orienting import orient
from matricula.registrar.pages.reading import read_sent
from matricula.registrar.uploads.api import (
    UploadNotWaiting,
    Waiting,
    apply_plan,
    approve_upload,
    discard_plan,
    find_waiting,
    reject_upload,
)

APPROVE, REJECT = "approve", "reject"
LONGEST_REASON = 1_000
BAD_REQUEST = 400


@require_safe
@console_page
def show_approvals(visit: Visit) -> HttpResponse:
    """List what waits."""
    return visit.show("registrar/approvals.html", {"waiting": orient(visit.request).waiting})


@require_http_methods(["GET", "HEAD", "POST"])
@console_page
def decide(visit: Visit, uuid: UUID) -> HttpResponse:
    """Show what one of them would do, and decide on it."""
    found = _find(visit, uuid)
    if visit.request.method != "POST":
        return _ask(visit, found)
    decision = visit.request.POST.get("decision")
    reason = read_sent(visit.request, "reason")[:LONGEST_REASON]
    if decision == REJECT and not reason:
        return _ask(visit, found, fault=_("Say why, for whoever has sent it."))
    if decision == REJECT:
        _reject(visit, found, reason)
        return redirect("approvals")
    if decision != APPROVE:
        raise Http404
    return redirect("job", _approve(visit, found).uuid)


def _find(visit: Visit, uuid: UUID) -> Waiting:
    found = find_waiting(uuid=uuid, by=visit.by, at=visit.at)
    if found is None:
        raise UploadNotWaiting(
            _("This does not wait for anybody, or no longer: somebody else may have decided.")
        )
    return found


def _ask(visit: Visit, found: Waiting, *, fault: str = "") -> HttpResponse:
    said = {"found": found, "fault": fault, "reason": visit.request.POST.get("reason", "")}
    return visit.show("registrar/decide.html", said, status=BAD_REQUEST if fault else 200)


def _approve(visit: Visit, found: Waiting) -> Job:
    if found.is_plan:
        return apply_plan(uuid=found.job.uuid, by=visit.by, at=visit.at)
    return approve_upload(uuid=found.job.uuid, by=visit.by, at=visit.at)


def _reject(visit: Visit, found: Waiting, reason: str) -> None:
    if found.is_plan:
        discard_plan(uuid=found.job.uuid, by=visit.by, at=visit.at, because=reason)
    else:
        reject_upload(uuid=found.job.uuid, by=visit.by, because=reason)
