"""Fencing: what workers keep of a job changes no more once the job is ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from matricula.registrar.jobs.models import FINAL, Job
from matricula.registrar.jobs.working import JobLeft


@contextmanager
def while_unended(job: Job) -> Iterator[None]:
    """Open a transaction until the end of which nobody ends the job.

    Raises:
        JobLeft: it is ended.
    """
    unended = Job.objects.select_for_update(no_key=True).exclude(state__in=FINAL)
    with transaction.atomic():
        if not unended.filter(pk=job.pk).values_list("pk", flat=True).first():
            raise JobLeft
        yield
