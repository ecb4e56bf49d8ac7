"""Following uploads and plans: all who may see a program's enrollments see them, too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from matricula.registrar.jobs.api import Job, JobState, UnknownJob
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import (
    Permission,
    Program,
    read_holdings,
    require_program_permission,
)
from matricula.registrar.uploads.answering import UNKNOWN
from matricula.registrar.uploads.keeping import KeptRow, list_kept_rows
from matricula.registrar.uploads.models import Plan, PlanState, Upload

LISTED, MOST_WAITING = 5, 200
CREATE, UPDATE, UNDO, WRITE = "create", "update", "undo", "write"
CHANGING = (CREATE, UPDATE, UNDO, WRITE)
"""What is done with rows that do not stay as they were."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a second person: an upload of the API, or a plan; ``is_own`` if one's own.

    It would change ``changed`` of ``size`` enrollments.
    """

    job: Job
    sender: str
    since: datetime
    changed: int
    size: int
    is_plan: bool
    is_undo: bool
    is_own: bool


def get_plan(*, uuid: UUID, by: Actor) -> Plan:
    """Return the plan that a job makes, with its program and people.

    Raises:
        PermissionMissing: the actor may not see the program's enrollments.
        UnknownJob: there is none.
    """
    plans = Plan.objects.select_related(
        "job__program", "job__account", "undoes__job", "upload__job__account", "discarded_by"
    )
    plan = plans.filter(job__uuid=uuid).first()
    if plan is None:
        raise UnknownJob(_("There is no plan %(uuid)s.") % {"uuid": uuid})
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=plan.job.program)
    return plan


def get_upload(*, uuid: UUID, by: Actor) -> Upload:
    """Return the upload that a job carries out, with its program and people.

    Raises:
        PermissionMissing: the actor may not see the program's enrollments.
        UnknownJob: there is none.
    """
    uploads = Upload.objects.select_related(
        "job__program", "job__account", "plan__job__account", "plan__undoes__job", "approved_by"
    )
    upload = uploads.filter(job__uuid=uuid).first()
    if upload is None:
        raise UnknownJob(_("There is no upload %(uuid)s.") % {"uuid": uuid})
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=upload.job.program)
    return upload


def list_rows(
    *, job: Job, by: Actor, word: str = "", student_key: str = "", after: int = 0, limit: int
) -> Sequence[KeptRow]:
    """Return so many rows of a plan or upload behind a line, with their answers.

    ``word`` is an action, or ``action:verdict``.

    Raises:
        PermissionMissing: the actor may not see the program's enrollments.
    """
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=job.program)
    return list_kept_rows(job=job, word=word, student_key=student_key, after=after, limit=limit)


def list_undos(*, upload: Upload) -> list[Plan]:
    """Return the plans that would take an upload back, or have, the newest first. One query."""
    undos = Plan.objects.select_related("job__account", "upload__job__account")
    return list(undos.filter(undoes=upload).order_by("-job_id"))


def map_plans(*, jobs: Collection[Job]) -> Mapping[int, Plan]:
    """Return the plans that jobs make or apply, by the jobs' ids. Two queries."""
    ids = [job.pk for job in jobs]
    made = Plan.objects.select_related("job", "upload__job").in_bulk(ids)
    applied = Upload.objects.select_related("plan").filter(pk__in=ids, plan__isnull=False)
    return made | {upload.pk: upload.plan for upload in applied if upload.plan is not None}


def list_undone(*, jobs: Collection[Job]) -> set[int]:
    """Return the ids of those jobs whose uploads have been taken back. One query."""
    undos = Plan.objects.filter(undoes__in=[job.pk for job in jobs])
    done = undos.filter(upload__job__state=JobState.SUCCEEDED.value)
    return set(done.values_list("undoes", flat=True))


def list_open_plans(*, program: Program, by: Actor, at: datetime) -> list[Plan]:
    """Return the plans of a program that can still be applied, the newest first. Two queries.

    Raises:
        PermissionMissing: the actor may not see the program's enrollments.
    """
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=program)
    ready = Plan.objects.select_related("job__account").filter(state=PlanState.READY.value)
    found = ready.filter(job__program=program, expires_at__gt=at).order_by("-job_id")
    return list(found[:LISTED])


def list_waiting(*, by: Actor, at: datetime) -> list[Waiting]:
    """Return what waits for a second person where the actor may write, the oldest first.

    At most ``MOST_WAITING`` plans and as many uploads. Three queries.
    """
    return _list_waiting(Q(), by, at)


def find_waiting(*, uuid: UUID, by: Actor, at: datetime) -> Waiting | None:
    """Return what waits for a second person under a job, if the actor may write there, or None."""
    return next(iter(_list_waiting(Q(job__uuid=uuid), by, at)), None)


def is_over(plan: Plan, *, at: datetime) -> bool:
    """Tell whether the time of a plan that nobody has applied is over."""
    return plan.expires_at is not None and plan.expires_at <= at


def has_written(upload: Upload) -> bool:
    """Tell whether an upload has ended and has changed anything."""
    counts: dict[str, Any] = upload.job.counts
    return JobState(upload.job.state).is_final and any(counts.get(each) for each in CHANGING)


def may_undo(upload: Upload) -> bool:
    """Tell whether the LMS can be asked to take back what an upload has written.

    Of one without a plan that may be more than its answers say: an attempt may have written
    without being heard of. By edX's API nothing can be taken back.
    """
    if upload.plan is not None:
        return has_written(upload)
    job = upload.job
    is_by_v1 = settings.LMS_API == "v1" or bool(job.counts.get(WRITE))
    may_have_written = job.attempt > 1 or bool(job.counts.get(UNKNOWN.action))
    is_final = JobState(job.state).is_final
    return not is_by_v1 and is_final and (may_have_written or has_written(upload))


def _list_waiting(which: Q, by: Actor, at: datetime) -> list[Waiting]:
    holdings, may = read_holdings(by), Permission.WRITE_ENROLLMENTS
    where = which & holdings.in_programs(may, program="job__program")
    waiting = [
        *(_tell_plan(plan, by) for plan in _waiting_plans(at).filter(where)[:MOST_WAITING]),
        *(_tell_upload(upload, by) for upload in _waiting_uploads().filter(where)[:MOST_WAITING]),
    ]
    seen = [each for each in waiting if may in holdings.on_program(each.job.program)]
    return sorted(seen, key=lambda each: each.since)


def _waiting_plans(at: datetime) -> QuerySet[Plan]:
    plans = Plan.objects.select_related("job__program", "job__account").order_by("waits_since")
    return plans.filter(state=PlanState.READY.value, waits_since__isnull=False, expires_at__gt=at)


def _waiting_uploads() -> QuerySet[Upload]:
    found = Upload.objects.select_related("job__program", "job__account").order_by("waits_since")
    return found.filter(waits_since__isnull=False, job__state=JobState.PENDING.value)


def _tell_plan(plan: Plan, by: Actor) -> Waiting:
    assert plan.waits_since is not None  # noqa: S101  it was asked for
    return Waiting(
        job=plan.job,
        sender=plan.job.account.username,
        since=plan.waits_since,
        changed=plan.changed,
        size=plan.size,
        is_plan=True,
        is_undo=plan.is_undo,
        is_own=plan.job.account_id == by.account_id,
    )


def _tell_upload(upload: Upload, by: Actor) -> Waiting:
    assert upload.waits_since is not None  # noqa: S101  it was asked for
    return Waiting(
        job=upload.job,
        sender=upload.job.account.username,
        since=upload.waits_since,
        changed=upload.changed,
        size=upload.size,
        is_plan=False,
        is_undo=False,
        is_own=upload.job.account_id == by.account_id,
    )
