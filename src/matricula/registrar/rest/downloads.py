"""Downloads of enrollments and grades: each is a job, whose result is a file."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.downloads.api import (
    Form,
    request_all_course_enrollments,
    request_course_enrollments,
    request_grades,
    request_program_enrollments,
)
from matricula.registrar.jobs.api import Job
from matricula.registrar.partners.api import Permission
from matricula.registrar.rest.describing import describe
from matricula.registrar.rest.shapes import AcceptedShape, shape_accepted
from matricula.registrar.rest.viewing import ProgramView

downloading = describe(
    parameters=[
        OpenApiParameter("fmt", str, enum=[each.value for each in Form], default=Form.JSON.value)
    ],
    answers={202: AcceptedShape},
    refuses=[404, 502, 504],
)


class ProgramDownload(ProgramView):
    """Who is in a program."""

    @downloading
    def get(self, request: Request, key: str) -> Response:
        """Have a program's enrollments written to a file; the job that is answered does it."""
        program = self.permit(key, Permission.READ_ENROLLMENTS).program
        job = request_program_enrollments(
            program=program, form=read_form(request), by=self.by, at=self.at
        )
        return accept(job, request)


class CourseDownload(ProgramView):
    """Who is in one of a program's course runs."""

    @downloading
    def get(self, request: Request, key: str, course: str) -> Response:
        """Have the enrollments in a course run written to a file; the school's name will do."""
        program = self.permit(key, Permission.READ_ENROLLMENTS).program
        job = request_course_enrollments(
            program=program, course=course, form=read_form(request), by=self.by, at=self.at
        )
        return accept(job, request)


class AllCoursesDownload(ProgramView):
    """Who is in which of a program's course runs."""

    @downloading
    def get(self, request: Request, key: str) -> Response:
        """Have the enrollments in all of a program's course runs written to a file."""
        program = self.permit(key, Permission.READ_ENROLLMENTS).program
        job = request_all_course_enrollments(
            program=program, form=read_form(request), by=self.by, at=self.at
        )
        return accept(job, request)


class Grades(ProgramView):
    """What a program's students have earned in one of its course runs."""

    @downloading
    def get(self, request: Request, key: str, course: str) -> Response:
        """Have the grades in a course run written to a file; the school's name will do."""
        program = self.permit(key, Permission.READ_ENROLLMENTS).program
        job = request_grades(
            program=program, course=course, form=read_form(request), by=self.by, at=self.at
        )
        return accept(job, request)


def read_form(request: Request) -> Form:
    """Return the form that is asked for; unsaid it is JSON, and there is no other address."""
    try:
        return Form(request.query_params.get("fmt", Form.JSON.value))
    except ValueError:
        raise Http404 from None


def accept(job: Job, request: Request) -> Response:
    """Answer where a job can be followed."""
    return Response(shape_accepted(job, request=request), status=202)
