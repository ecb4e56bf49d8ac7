"""Handing out files to be made into the next: refused rows, and who is missing from a file."""

from uuid import UUID

from django.http import FileResponse
from django.views.decorators.http import require_safe

from matricula.registrar.files.api import CSV
from matricula.registrar.jobs.api import see_job
from matricula.registrar.pages.entering import Visit, console_page
from matricula.registrar.pages.reading import read_words
from matricula.registrar.pages.uploading.showing import OF_PLANS
from matricula.registrar.uploads.api import (
    get_plan,
    get_upload,
    open_corrections,
    open_missing,
)


@require_safe
@console_page
def give_corrections(visit: Visit, uuid: UUID) -> FileResponse:
    """Give the refused rows as they were sent, with the reason of each."""
    job = see_job(uuid=uuid, by=visit.by)
    if job.kind in OF_PLANS:
        told = get_plan(uuid=uuid, by=visit.by).job
    else:
        told = get_upload(uuid=uuid, by=visit.by).told_by
    name = f"{told.program.key}-to-be-corrected.csv"
    return FileResponse(
        open_corrections(told), as_attachment=True, filename=name, content_type=CSV
    )


@require_safe
@console_page
def give_missing(visit: Visit, uuid: UUID) -> FileResponse:
    """Give who is missing from a plan's file: all, or those of a status."""
    plan = get_plan(uuid=see_job(uuid=uuid, by=visit.by).uuid, by=visit.by)
    missing = open_missing(plan, status=read_words(visit.request, "status"))
    name = f"{plan.job.program.key}-not-in-the-file.csv"
    return FileResponse(missing, as_attachment=True, filename=name, content_type=CSV)
