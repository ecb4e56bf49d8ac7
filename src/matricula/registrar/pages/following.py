"""Following jobs: those of one's programs, and one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from matricula.registrar.files.api import FileGone, get_file, link_to_file, map_ends
from matricula.registrar.jobs.api import (
    KINDS,
    RUNNING,
    Job,
    JobState,
    JobsWanted,
    cancel_job,
    list_with_file,
    oversee_jobs,
    retry_job,
    see_job,
)
from matricula.registrar.pages.entering import Visit, console_page, form_target
from matricula.registrar.pages.listing import list_for
from matricula.registrar.pages.paging import PAGE_SIZE
from matricula.registrar.pages.reading import read_number, read_words
from matricula.registrar.pages.uploading.showing import is_of_uploads, show_upload_job
from matricula.registrar.partners.api import Permission, Program, list_programs, title_of

MOST_CHOICES = 100
"""With more programs than so many, one is named by its key."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a filter lets through."""

    words: Promise
    values: Sequence[str]


def _list_kinds(*beginnings: str) -> list[str]:
    return [name for name in KINDS if name.startswith(beginnings)]


CHOICES_OF_KINDS: Mapping[str, Choice] = {
    "upload": Choice(_("Uploads"), _list_kinds("write_", "undo_")),
    "plan": Choice(_("Plans"), _list_kinds("plan_")),
    "download": Choice(_("Downloads"), _list_kinds("list_", "get_")),
}
CHOICES_OF_STATES: Mapping[str, Choice] = {
    "running": Choice(_("Running or waiting"), RUNNING),
    "done": Choice(_("Done"), [JobState.SUCCEEDED.value]),
    "failed": Choice(_("Failed or canceled"), [JobState.FAILED.value]),
}


@dataclass(frozen=True, slots=True)
class Result:
    """The file that a job has made; the link is good until then, the file kept until then."""

    link: str
    name: str
    size: int
    link_until: datetime
    kept_until: datetime


@require_safe
@console_page
def show_jobs(visit: Visit) -> HttpResponse:
    """List jobs, the newest first, as the filters say."""
    query = visit.request.GET
    key = read_words(visit.request, "program")
    program = visit.permit(key).program if key else None
    found = oversee_jobs(
        by=visit.by,
        wanted=JobsWanted(
            program=program,
            kinds=_choose(CHOICES_OF_KINDS, query.get("kind")),
            states=_choose(CHOICES_OF_STATES, query.get("state")),
        ),
        limit=PAGE_SIZE + 1,
        before=read_number(visit.request, "before") or None,
    )
    jobs = found[:PAGE_SIZE]
    said = {
        "jobs": list_for(
            visit, jobs, link_files(list_with_file(jobs=jobs, by=visit.by), visit.at)
        ),
        "older": jobs[-1].pk if len(found) > PAGE_SIZE else None,
        "running": sum(not JobState(job.state).is_final for job in jobs),
        "is_filtered": any(query.get(name) for name in ("program", "kind", "state")),
        **_describe_filters(visit, program),
    }
    return visit.show("registrar/jobs.html", said)


@require_safe
@console_page
def show_job(visit: Visit, uuid: UUID) -> HttpResponse:
    """Show how a job stands, and what it has made."""
    job = see_job(uuid=uuid, by=visit.by)
    if is_of_uploads(job):
        return show_upload_job(visit, job)
    return visit.show("registrar/job.html", _describe_job(visit, job))


@form_target("job")
@console_page
def stop_job(visit: Visit, uuid: UUID) -> HttpResponse:
    """Have a job of one's own stop."""
    cancel_job(uuid=see_job(uuid=uuid, by=visit.by).uuid, by=visit.by, at=visit.at)
    return redirect("job", uuid)


@form_target("job")
@console_page
def repeat_job(visit: Visit, uuid: UUID) -> HttpResponse:
    """Have a job of one's own that has failed done again."""
    retry_job(uuid=see_job(uuid=uuid, by=visit.by).uuid, by=visit.by)
    return redirect("job", uuid)


def link_files(jobs: Sequence[Job], at: datetime) -> dict[int, str]:
    """Return links to what jobs have made, by their ids; what is deleted has none. One query."""
    ends = map_ends(names=[job.result_file for job in jobs if job.result_file])
    return {
        job.pk: link_to_file(name=job.result_file)
        for job in jobs
        if job.result_file in ends and ends[job.result_file] > at
    }


def _describe_job(visit: Visit, job: Job) -> dict[str, Any]:
    """Return what is said of a job."""
    read_at = job.parameters.get("read_at")
    has_file = bool(list_with_file(jobs=[job], by=visit.by))
    return {
        "job": job,
        "title": title_of(job.program),
        "is_running": not JobState(job.state).is_final,
        "is_own": job.account_id == visit.account.pk,
        "read_at": datetime.fromisoformat(read_at) if read_at else None,
        "result": _find_result(job, visit.at) if has_file else None,
        "is_withheld": bool(job.result_file) and not has_file,
    }


def _find_result(job: Job, at: datetime) -> Result | None:
    """Return the file that a job has made, unless it is deleted already."""
    if not job.result_file:
        return None
    try:
        stored = get_file(name=job.result_file)
    except FileGone:
        return None
    return Result(
        link=link_to_file(name=stored.name),
        name=stored.download_name,
        size=stored.size or 0,
        link_until=at + timedelta(hours=settings.LINK_HOURS),
        kept_until=stored.created_at + timedelta(days=settings.FILE_DAYS),
    )


def _choose(choices: Mapping[str, Choice], said: str | None) -> Sequence[str] | None:
    choice = choices.get(said or "")
    return None if choice is None else choice.values


def _describe_filters(visit: Visit, program: Program | None) -> dict[str, Any]:
    permitted = list_programs(by=visit.by, permission=Permission.READ_ENROLLMENTS)
    is_short = len(permitted) <= MOST_CHOICES
    return {
        "program": program,
        "programs": [(each.program.key, title_of(each.program)) for each in permitted if is_short],
        "kinds": CHOICES_OF_KINDS,
        "kind": visit.request.GET.get("kind", ""),
        "states": CHOICES_OF_STATES,
        "state": visit.request.GET.get("state", ""),
    }
