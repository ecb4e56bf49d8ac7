"""Overseeing jobs: one's own, and those of others in programs whose enrollments one may read.

A job's file holds no more than what they may download themselves.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from matricula.registrar.jobs.following import UnknownJob
from matricula.registrar.jobs.models import RUNNING, Job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import (
    Permission,
    Program,
    has_permission,
    list_programs,
    read_holdings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsWanted:
    """Which jobs; None leaves a side open, and all sides must be met."""

    program: Program | None = None
    kinds: Collection[str] | None = None
    states: Collection[str] | None = None


def see_job(*, uuid: UUID, by: Actor) -> Job:
    """Return a job for whoever may see it: else it is not there.

    Raises:
        UnknownJob: there is none that they may know of.
    """
    jobs = Job.objects.select_related("program", "account")
    job = jobs.filter(uuid=uuid).first()
    if job is None or not _may_see(job, by):
        raise UnknownJob(_("There is no job %(uuid)s.") % {"uuid": uuid})
    return job


def oversee_jobs(
    *, by: Actor, wanted: JobsWanted, limit: int, before: int | None = None
) -> list[Job]:
    """Return at most ``limit`` jobs that the actor may see, the newest first, older than an id.

    Four queries.
    """
    found = _choose(wanted).filter(_is_visible(by)).select_related("program", "account")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:limit])


def list_with_file(*, jobs: Iterable[Job], by: Actor) -> list[Job]:
    """Return those of the jobs whose files the actor may be given: where they may read now.

    A job stays its sender's; what it has fetched is the school's. One query, if any has a file.
    """
    made = [job for job in jobs if job.result_file]
    if not made:
        return []
    holdings = read_holdings(by)
    return [
        job
        for job in made
        if Permission.JOBS_READ in holdings.everywhere
        or Permission.READ_ENROLLMENTS in holdings.on_program(job.program)
    ]


def count_running_jobs(*, programs: Collection[Program], by: Actor) -> dict[int, int]:
    """Return how many jobs run in programs, by their ids, as far as the actor may see them.

    Two queries.
    """
    holdings = read_holdings(by)
    may = Permission.READ_ENROLLMENTS
    ids = [each.pk for each in programs if may in holdings.on_program(each)]
    running = Job.objects.filter(program__in=ids, state__in=RUNNING)
    counted = running.values_list("program").annotate(Count("pk")).order_by("program")
    return dict(counted)


def _may_see(job: Job, by: Actor) -> bool:
    if job.account_id == by.account_id and by.account_id is not None:
        return True
    holdings = read_holdings(by)
    return (
        Permission.JOBS_READ in holdings.everywhere
        or Permission.READ_ENROLLMENTS in holdings.on_program(job.program)
    )


def _is_visible(by: Actor) -> Q:
    if has_permission(by, Permission.JOBS_READ):
        return Q()
    programs = list_programs(by=by, permission=Permission.READ_ENROLLMENTS)
    return Q(account=by.account_id) | Q(program__in=[each.program.pk for each in programs])


def _choose(wanted: JobsWanted) -> QuerySet[Job]:
    found = Job.objects.all()
    if wanted.program is not None:
        found = found.filter(program=wanted.program)
    if wanted.kinds is not None:
        found = found.filter(kind__in=wanted.kinds)
    if wanted.states is not None:
        found = found.filter(state__in=wanted.states)
    return found
