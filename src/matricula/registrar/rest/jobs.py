"""Jobs: those that run, those that have ended, and what may be done with one."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.jobs.api import cancel_job, get_job, list_jobs, retry_job
from matricula.registrar.rest.shapes import shape_job
from matricula.registrar.rest.viewing import ApiView

ALL = "all"
STATE = OpenApiParameter("state", str, enum=[ALL], description="`all`: those that ended as well.")


class Jobs(ApiView):
    """The caller's own jobs: those that run."""

    @extend_schema(parameters=[STATE], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List the jobs that you have started and that still run; with `state=all` all of them."""
        is_running = None if request.query_params.get("state") == ALL else True
        jobs = list_jobs(by=self.by, is_running=is_running)
        return Response([shape_job(job) for job in jobs])


class JobView(ApiView):
    """One job."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, job_id: str) -> Response:
        """Tell how a job stands."""
        del request
        job = get_job(uuid=read_job_id(job_id), by=self.by)
        return Response(shape_job(job))


class JobCancel(ApiView):
    """Stopping a job."""

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, job_id: str) -> Response:
        """Have a job stop; what it has written stays written."""
        del request
        job = cancel_job(uuid=read_job_id(job_id), by=self.by, at=self.at)
        return Response(shape_job(job))


class JobRetry(ApiView):
    """Doing a failed job again."""

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, job_id: str) -> Response:
        """Have a failed job go on from where it was left."""
        del request
        job = retry_job(uuid=read_job_id(job_id), by=self.by)
        return Response(shape_job(job))


def read_job_id(text: str) -> UUID:
    """Return the id of a job; what cannot be one is that of no job."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
