"""Jobs: followed, listed, canceled, and their results fetched."""

from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.kernel.api import Conflict
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_program
from matricula.lms.rest.enrollment_v2.paging import Id, make_page, read_cursor
from matricula.lms.rest.enrollment_v2.rosters.forms import (
    CONTENT_TYPES,
    choose_form,
    list_headers,
    write_answers,
)
from matricula.lms.rest.enrollment_v2.rosters.shapes import (
    Job,
    JobPage,
    JobQuery,
    ResultQuery,
    shape_job,
    shape_job_answer,
)
from matricula.lms.rest.enrollment_v2.rosters.views import ANSWERS
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView
from matricula.lms.rosters.api import (
    JobState,
    cancel_job,
    get_job,
    layout_of,
    list_job_answers,
    list_jobs,
)


class JobNotFinished(Conflict):
    """Not all answers are there yet, and it was not asked for those that are."""

    code = "job-not-finished"


class JobsView(EnrollmentView):
    """Jobs of the programs that the caller reads."""

    @describe(query=JobQuery, answers={200: JobPage}, refuses=[404])
    def get(self, request: Request) -> Response:
        """List jobs, the newest first; finished ones are forgotten after 30 days."""
        query = self.read_query(JobQuery)
        found = list_jobs(
            program=find_program(query.program, by=self.by) if query.program else None,
            state=query.state,
            before=read_cursor(query, Id),
            limit=query.page_size + 1,
            by=self.by,
        )
        page = make_page(
            request,
            query,
            found,
            key_of=lambda job: job.pk,
            shape=lambda job: shape_job(job, request),
        )
        return Response(page)


class JobView(EnrollmentView):
    """One job."""

    @describe(answers={200: Job}, refuses=[404])
    def get(self, request: Request, uuid: UUID) -> Response:
        """Tell how far a job has come."""
        job = get_job(uuid=uuid, by=self.by)
        return Response(shape_job(job, request))


class JobCancelView(EnrollmentView):
    """The end of a job before its time."""

    @describe(answers={200: Job}, refuses=[404])
    def post(self, request: Request, uuid: UUID) -> Response:
        """Cancel a job.

        What it has written stays, and `detail` says what that is. A job that is being worked off
        stops after at most 10,000 rows more; then its state is `canceled`.
        """
        job = cancel_job(uuid=uuid, by=self.by, at=self.at)
        return Response(shape_job(job, request))


class JobResultView(EnrollmentView):
    """The answers to a job's rows."""

    @describe(query=ResultQuery, answers={200: ANSWERS}, refuses=[404, 409])
    def get(self, request: Request, uuid: UUID) -> HttpResponseBase:
        """Fetch the answers to the rows of a job, in the form that is accepted.

        Of a job that has failed or was canceled, those that it has given.
        """
        query = self.read_query(ResultQuery)
        job = get_job(uuid=uuid, by=self.by)
        if not query.so_far and not JobState(job.state).is_final:
            raise JobNotFinished(f"The job is {job.state}; so_far gives the answers there are.")
        form = choose_form(request)
        head = shape_job_answer(job)
        pieces = write_answers(
            form,
            list_job_answers(job=job),
            head=head,
            layout=layout_of(job),
            only_refused=query.answers == "refused",
        )
        return StreamingHttpResponse(
            pieces, content_type=CONTENT_TYPES[form], headers=list_headers(head)
        )
