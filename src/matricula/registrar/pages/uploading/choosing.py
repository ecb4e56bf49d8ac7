"""Choosing a file to be uploaded: what it must have, a template, and what is wrong with one."""

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from matricula.registrar.files.api import CSV
from matricula.registrar.jobs.api import Job, JobInProgress
from matricula.registrar.pages.apologizing import status_of
from matricula.registrar.pages.describing import describe_program
from matricula.registrar.pages.entering import Visit, console_page
from matricula.registrar.pages.uploading.describing import Template, describe_columns, find_example
from matricula.registrar.pages.uploading.meeting import find_writer
from matricula.registrar.pages.uploading.wording import advise
from matricula.registrar.pages.wording import STATUSES
from matricula.registrar.partners.api import Permission, PermittedProgram, Program
from matricula.registrar.uploads.api import (
    UploadKind,
    list_open_plans,
    plan_upload,
    receive_upload,
)
from matricula.service.escaping import write_cells
from matricula.service.refusals import Conflict, Invalid, Refusal, Unavailable

KINDS = {"program": UploadKind.PROGRAM, "course": UploadKind.COURSE}
AROUND = 1 << 16
"""Bytes that a form may have around its file."""
MEGABYTE = 2**20
TOO_LARGE = 413
CHOOSE = "registrar/uploading/choose.html"


class NoFileChosen(Invalid):
    """The form came without a file."""

    code = "no-file"


@csrf_exempt  # what is sent is only read once it is known to be small enough; see _receive
@require_http_methods(["GET", "HEAD", "POST"])
@console_page
def choose_file(visit: Visit, key: str) -> HttpResponse:
    """Show what a file must have; take one that is sent, and go to its plan."""
    permitted = visit.permit(key, Permission.WRITE_ENROLLMENTS)
    if visit.request.method != "POST":
        return _show(visit, permitted)
    length = int(visit.request.META.get("CONTENT_LENGTH") or 0)
    if length > settings.UPLOAD_BYTES + AROUND:
        return _tell_too_large(visit, permitted)
    try:
        answer: HttpResponse = _receive(visit.request, visit=visit, permitted=permitted)
    except RequestDataTooBig:
        return _tell_too_large(visit, permitted)
    return answer


@require_safe
@console_page
def give_template(visit: Visit, key: str) -> HttpResponse:
    """Give a file with the columns that are needed, and one row as an example."""
    program = visit.permit(key, Permission.WRITE_ENROLLMENTS).program
    kind = KINDS.get(visit.request.GET.get("kind", ""), UploadKind.PROGRAM)
    template = find_example(program, kind=kind, at=visit.at)
    answer = HttpResponse(_write(template), content_type=CSV)
    name = f"{program.key}-{template.name}.csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


@csrf_protect
def _receive(request: HttpRequest, *, visit: Visit, permitted: PermittedProgram) -> HttpResponse:
    try:
        job = _take(request, visit, permitted.program)
    except (Conflict, Invalid, Unavailable) as refusal:
        return _show(visit, permitted, refusal)
    return redirect("job", job.uuid)


def _take(request: HttpRequest, visit: Visit, program: Program) -> Job:
    sent = request.FILES.get("file")
    if sent is None or sent.file is None:
        raise NoFileChosen(_("No file was chosen."))
    file, kind = cast("IO[bytes]", sent.file), KINDS.get(request.POST.get("kind", ""))
    if settings.LMS_API == "v1":
        kind = kind or UploadKind.PROGRAM
        return receive_upload(program=program, kind=kind, file=file, by=visit.by, at=visit.at)
    return plan_upload(
        program=program,
        kind=kind,
        file=file,
        name=sent.name or "",
        reason=request.POST.get("reason", "").replace("\x00", "").strip(),
        by=visit.by,
        at=visit.at,
    )


def _tell_too_large(visit: Visit, permitted: PermittedProgram) -> HttpResponse:
    """Say so without reading what came with the file."""
    words = _("The file is larger than %(limit)s MB, which is the most that is taken at once.")
    fault = {
        "words": words % {"limit": settings.UPLOAD_BYTES // MEGABYTE},
        "next": _(
            "Split it into several files, each with the header, and send one after another."
        ),
    }
    return visit.show(CHOOSE, _describe(visit, permitted, fault=fault), status=TOO_LARGE)


def _show(
    visit: Visit, permitted: PermittedProgram, refusal: Refusal | None = None
) -> HttpResponse:
    if refusal is None:
        return visit.show(CHOOSE, _describe(visit, permitted, asked=visit.request.GET))
    is_met = isinstance(refusal, JobInProgress)
    fault = {
        "words": _("Another job writes to this program.") if is_met else str(refusal),
        "next": advise(refusal),
        "is_away": isinstance(refusal, Unavailable),
    }
    said = _describe(visit, permitted, fault=fault, asked=visit.request.POST)
    return visit.show(CHOOSE, said, status=status_of(refusal))


def _describe(
    visit: Visit,
    permitted: PermittedProgram,
    *,
    fault: Mapping[str, object] | None = None,
    asked: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return what the page says; ``asked`` is filled in again."""
    return {
        **describe_program(permitted),
        "fault": fault,
        "writer": find_writer(visit, permitted.program),
        "open_plans": list_open_plans(program=permitted.program, by=visit.by, at=visit.at),
        "columns": describe_columns(),
        "statuses": [each for each in STATUSES.items() if each[1].meaning],
        "limit": settings.UPLOAD_BYTES // MEGABYTE,
        "is_planned": settings.LMS_API != "v1",
        "kind": asked.get("kind", ""),
        "reason": asked.get("reason", ""),
    }


def _write(template: Template) -> bytes:
    text = io.StringIO(newline="")
    write_cells([template.header, template.example], text)
    return text.getvalue().encode()
