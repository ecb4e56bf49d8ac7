"""Showing a plan, or what became of an upload; while a worker is at it, how far it is."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from matricula.registrar.files.api import link_to_file, map_ends
from matricula.registrar.jobs.api import Job, JobState
from matricula.registrar.pages.describing import describe_program
from matricula.registrar.pages.entering import Visit
from matricula.registrar.pages.uploading.browsing import (
    ALL,
    browse_rows,
    find_first,
    list_figures,
    list_refusals,
    recall_comparison,
)
from matricula.registrar.pages.uploading.meeting import find_writer
from matricula.registrar.pages.uploading.standing import (
    Standing,
    is_ended,
    stand_plan,
    stand_upload,
)
from matricula.registrar.pages.uploading.wording import DONE, PLANNED
from matricula.registrar.pages.wording import Word
from matricula.registrar.partners.api import Permission, permit_program
from matricula.registrar.uploads.api import (
    Plan,
    PlanState,
    UploadKind,
    get_plan,
    get_upload,
    has_written,
    list_undos,
    may_undo,
)

OF_PLANS = {"plan_program_enrollments", "plan_course_run_enrollments", "plan_undo"}
OF_UPLOADS = {*UploadKind, "undo_enrollments"}
REFRESH = "HX-Refresh"


def is_of_uploads(job: Job) -> bool:
    """Tell whether a job is about an upload: its plan, its writing, or an undo."""
    return job.kind in OF_PLANS or job.kind in OF_UPLOADS


def show_upload_job(visit: Visit, job: Job) -> HttpResponse:
    """Show a job that is about an upload."""
    show = show_plan if job.kind in OF_PLANS else show_upload
    return show(visit, job.uuid)


def show_plan(visit: Visit, uuid: UUID, *, fault: str = "", status: int = 200) -> HttpResponse:
    """Show what a file, or an undo, would do, and what one may decide now."""
    plan = get_plan(uuid=uuid, by=visit.by)
    if visit.is_live and is_ended(plan.job):
        return _refresh()
    standing = stand_plan(plan, account_id=visit.account.pk, at=visit.at)
    said = {
        **_describe(visit, plan.job, told=plan.job, words=PLANNED, first=ALL, is_planned=True),
        "plan": plan,
        "upload": getattr(plan, "upload", None),
        "standing": standing,
        "comparison": recall_comparison(plan.job),
        "share": _share(plan.changed, plan.size),
        "fault": fault,
        "writer": find_writer(visit, plan.job.program) if fault else None,
    }
    return visit.show("registrar/uploading/plan.html", said, status=status)


def show_upload(visit: Visit, uuid: UUID, *, fault: str = "", status: int = 200) -> HttpResponse:
    """Show how far an upload is, or what became of each row."""
    upload = get_upload(uuid=uuid, by=visit.by)
    standing = stand_upload(upload, account_id=visit.account.pk)
    if visit.is_live and standing is not Standing.WRITING:
        return _refresh()
    plan, told = upload.plan, upload.told_by
    undos = list_undos(upload=upload) if is_ended(upload.job) else []
    said = {
        **_describe(
            visit,
            upload.job,
            told=told,
            words=DONE,
            first=find_first(told),
            is_planned=plan is not None,
        ),
        "upload": upload,
        "plan": plan,
        "standing": standing,
        "is_written": standing is Standing.DONE or plan is None,
        "may_undo": may_undo(upload),
        "is_beyond_undo": has_written(upload) and not may_undo(upload),
        "undos": undos,
        "undone_by": _find_undoing(undos),
        "comparison": upload.job.parameters.get("comparison"),
        "share": _share(upload.changed, upload.size),
        "fault": fault,
        "writer": find_writer(visit, upload.job.program) if fault else None,
    }
    return visit.show("registrar/uploading/upload.html", said, status=status)


def _describe(
    visit: Visit, job: Job, *, told: Job, words: Mapping[str, Word], first: str, is_planned: bool
) -> dict[str, Any]:
    permitted = permit_program(job.program, permission=Permission.READ_ENROLLMENTS, by=visit.by)
    ends = map_ends(names=[job.result_file] if job.result_file else [])
    until = ends.get(job.result_file)
    return {
        **describe_program(permitted),
        "job": job,
        "told": told,
        "is_own": job.account_id == visit.account.pk,
        "is_live": not is_ended(job),
        "figures": list_figures(told, words),
        "refusals": list_refusals(told),
        "has_corrections": bool(told.counts.get("refuse") and told.input_file),
        "browsed": browse_rows(visit, told=told, words=words, first=first, is_planned=is_planned)
        if told.counts or told.result_file
        else None,
        "file": link_to_file(name=job.result_file) if until and until > visit.at else "",
        "until": until,
    }


def _find_undoing(undos: Sequence[Plan]) -> Job | None:
    """Return the job that has taken an upload back, if one has."""
    jobs = [each.upload.job for each in undos if each.state == PlanState.TAKEN]
    return next((job for job in jobs if job.state == JobState.SUCCEEDED), None)


def _share(changed: int, size: int) -> int:
    return round(100 * changed / size) if size else 0


def _refresh() -> HttpResponse:
    """Have the page loaded anew: what it waited for is there."""
    answer = HttpResponse()
    answer[REFRESH] = "true"
    return answer
