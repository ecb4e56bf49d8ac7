"""Following jobs: whose they are, and who may see them."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from matricula.registrar.jobs.models import FINAL, RUNNING, Job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, has_permission, read_holdings
from matricula.service.refusals import NotAllowed, NotFound

LISTED = 200
"""So many at most, the newest first."""


class UnknownJob(NotFound):
    """There is no such job."""

    code = "unknown-job"


class JobOfAnother(NotAllowed):
    """Somebody else has started the job."""

    code = "job-of-another"


def get_job(*, uuid: UUID, by: Actor) -> Job:
    """Return a job.

    Raises:
        JobOfAnother: the actor has not started it, and may not see those of others.
        UnknownJob: there is none.
    """
    job = Job.objects.select_related("program").filter(uuid=uuid).first()
    if job is None:
        raise UnknownJob(_("There is no job %(uuid)s.") % {"uuid": uuid})
    if job.account_id != by.account_id and not has_permission(by, Permission.JOBS_READ):
        raise JobOfAnother(_("Somebody else has started this job."))
    return job


def list_jobs(*, by: Actor, is_running: bool | None = None) -> list[Job]:
    """Return the actor's own jobs, the newest first, in programs that they may still see.

    Two queries.
    """
    found = _list_own(by)
    if is_running is not None:
        found = found.filter(state__in=RUNNING) if is_running else found.exclude(state__in=RUNNING)
    return list(found[:LISTED])


def list_finished_jobs(*, by: Actor, before: UUID | None = None, limit: int) -> list[Job]:
    """Return those of the actor's own jobs that have ended, the newest first, older than one.

    Three queries at most.

    Raises:
        UnknownJob: the one that they are to be older than is none of theirs.
    """
    found = _list_own(by).filter(state__in=FINAL)
    if before is not None:
        known = Job.objects.filter(uuid=before, account=by.account_id)
        job_id = known.values_list("pk", flat=True).first()
        if job_id is None:
            raise UnknownJob(_("There is no job %(before)s of yours.") % {"before": before})
        found = found.filter(pk__lt=job_id)
    return list(found[:limit])


def _list_own(by: Actor) -> QuerySet[Job]:
    """Return the actor's own jobs in programs that they may see, the newest first."""
    own = Job.objects.select_related("program").filter(account=by.account_id)
    return own.filter(read_holdings(by).in_programs(Permission.READ_METADATA)).order_by("-id")
