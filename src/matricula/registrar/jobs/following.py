"""Following jobs: whose they are, and who may see them."""

from uuid import UUID

from matricula.registrar.jobs.models import RUNNING, Job
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
        raise UnknownJob(f"There is no job {uuid}.")
    if job.account_id != by.account_id and not has_permission(by, Permission.JOBS_READ):
        raise JobOfAnother("Somebody else has started this job.")
    return job


def list_jobs(*, by: Actor, is_running: bool | None = None) -> list[Job]:
    """Return the actor's own jobs, the newest first, in programs that they may still see.

    Two queries.
    """
    holdings = read_holdings(by)
    found = Job.objects.select_related("program").filter(account=by.account_id)
    if is_running is not None:
        found = found.filter(state__in=RUNNING) if is_running else found.exclude(state__in=RUNNING)
    return [
        job
        for job in found.order_by("-id")[:LISTED]
        if Permission.READ_METADATA in holdings.on_program(job.program)
    ]
