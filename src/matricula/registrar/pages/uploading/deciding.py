"""Deciding: what people do with plans and uploads, each by a form; then they see how it stands."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from matricula.registrar.jobs.api import Job, JobInProgress, see_job
from matricula.registrar.pages.apologizing import status_of, words_of
from matricula.registrar.pages.entering import Visit, console_page, form_target
from matricula.registrar.pages.uploading.showing import OF_PLANS, show_plan, show_upload
from matricula.registrar.uploads.api import (
    BecauseMissing,
    OwnUpload,
    apply_plan,
    discard_plan,
    plan_again,
    plan_undo,
)
from matricula.service.refusals import Conflict, Refusal

Decision = Callable[[Visit, UUID], Job]
MET = (BecauseMissing, Conflict, OwnUpload)
"""Refusals that are told on the page where something was decided: one sees why."""


def _deciding(decide: Decision) -> Callable[..., HttpResponseBase]:
    """Make a page of a decision: it is taken, and the job that it is about is shown."""

    @form_target("job")
    @console_page
    @wraps(decide)
    def answer(visit: Visit, uuid: UUID) -> HttpResponse:
        job = see_job(uuid=uuid, by=visit.by)
        try:
            return redirect("job", decide(visit, uuid).uuid)
        except MET as refusal:
            return _tell(visit, job, refusal)

    return answer


@_deciding
def apply(visit: Visit, uuid: UUID) -> Job:
    """Have a plan applied."""
    return apply_plan(uuid=uuid, by=visit.by, at=visit.at)


@_deciding
def discard(visit: Visit, uuid: UUID) -> Job:
    """Throw a plan away."""
    return discard_plan(uuid=uuid, by=visit.by, at=visit.at, because=_read(visit, "because")).job


@_deciding
def again(visit: Visit, uuid: UUID) -> Job:
    """Plan the same file, or undo, once more."""
    return plan_again(uuid=uuid, by=visit.by, at=visit.at)


@_deciding
def undo(visit: Visit, uuid: UUID) -> Job:
    """Plan to take an upload back."""
    return plan_undo(uuid=uuid, by=visit.by, at=visit.at, reason=_read(visit, "reason"))


def _tell(visit: Visit, job: Job, refusal: Refusal) -> HttpResponse:
    is_met = isinstance(refusal, JobInProgress)
    fault = _("Another job writes to this program just now.") if is_met else words_of(refusal)
    show = show_plan if job.kind in OF_PLANS else show_upload
    return show(visit, job.uuid, fault=fault, status=status_of(refusal))


def _read(visit: Visit, name: str) -> str:
    return visit.request.POST.get(name, "").replace("\x00", "").strip()
