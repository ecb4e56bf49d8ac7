"""Jobs: those that run, those that have ended, and what may be done with one."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from matricula.registrar.jobs.api import (
    cancel_job,
    get_job,
    list_finished_jobs,
    list_jobs,
    retry_job,
)
from matricula.registrar.rest.describing import ListOf, describe
from matricula.registrar.rest.paging import read_number
from matricula.registrar.rest.shapes import JobPage, JobShape, shape_job, shape_jobs
from matricula.registrar.rest.viewing import ApiView

PAGE_SIZE, LARGEST_PAGE = 50, 200
PAGING = [
    OpenApiParameter(
        "before", UUID, description="Jobs older than this one, of which `next` tells."
    ),
    OpenApiParameter("page_size", int, default=PAGE_SIZE, description=f"At most {LARGEST_PAGE}."),
]


class Jobs(ApiView):
    """The caller's own jobs: those that run."""

    @describe(answers={200: ListOf(JobShape)})
    def get(self, request: Request) -> Response:
        """List the jobs that you have started and that still run, the newest first."""
        del request
        return Response(shape_jobs(list_jobs(by=self.by, is_running=True), by=self.by))


class FinishedJobs(ApiView):
    """The caller's own jobs: those that have ended."""

    @describe(answers={200: JobPage}, parameters=PAGING, refuses=[404])
    def get(self, request: Request) -> Response:
        """List the jobs that you have started and that have ended, the newest first, in pages."""
        asked = request.query_params.get("before")
        size = min(read_number(request, "page_size") or PAGE_SIZE, LARGEST_PAGE)
        jobs = list_finished_jobs(
            by=self.by, before=read_job_id(asked) if asked else None, limit=size + 1
        )
        page, has_more = jobs[:size], len(jobs) > size
        url = request.build_absolute_uri()
        older = replace_query_param(url, "before", page[-1].uuid) if has_more else None
        return Response(JobPage(older, shape_jobs(page, by=self.by)))


class JobView(ApiView):
    """One job."""

    @describe(answers={200: JobShape}, refuses=[404])
    def get(self, request: Request, job_id: str) -> Response:
        """Tell how a job stands."""
        del request
        job = get_job(uuid=read_job_id(job_id), by=self.by)
        return Response(shape_job(job, by=self.by))


class JobCancel(ApiView):
    """Stopping a job."""

    @describe(answers={200: JobShape}, refuses=[404, 409])
    def post(self, request: Request, job_id: str) -> Response:
        """Have a job stop; what it has written stays written."""
        del request
        job = cancel_job(uuid=read_job_id(job_id), by=self.by, at=self.at)
        return Response(shape_job(job, by=self.by))


class JobRetry(ApiView):
    """Doing a failed job again."""

    @describe(answers={200: JobShape}, refuses=[404, 409])
    def post(self, request: Request, job_id: str) -> Response:
        """Have a failed job go on from where it was left."""
        del request
        job = retry_job(uuid=read_job_id(job_id), by=self.by)
        return Response(shape_job(job, by=self.by))


def read_job_id(text: str) -> UUID:
    """Return the id of a job; what cannot be one is that of no job."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
