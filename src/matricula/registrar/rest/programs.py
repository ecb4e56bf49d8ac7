"""Programs and their courses: answered from what is remembered, without a call to the LMS."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.catalog.api import recall_courses
from matricula.registrar.partners.api import (
    API_PERMISSIONS,
    Permission,
    PermittedProgram,
    list_programs,
)
from matricula.registrar.rest.describing import ListOf, describe
from matricula.registrar.rest.paging import PAGING, make_page
from matricula.registrar.rest.shapes import (
    CourseShape,
    ProgramPage,
    ProgramShape,
    shape_course,
    shape_program,
)
from matricula.registrar.rest.viewing import ApiView, ProgramView

FILTERS = [
    OpenApiParameter("org", str, description="The key of an organization."),
    OpenApiParameter("user_has_perm", str, enum=sorted(each.value for each in API_PERMISSIONS)),
    OpenApiParameter("program_title", str, description="A part of it; letter case is ignored."),
]


class Programs(ApiView):
    """The programs in which the caller has a permission."""

    @describe(answers={200: ListOf(ProgramShape)}, parameters=FILTERS, refuses=[404])
    def get(self, request: Request) -> Response:
        """List programs."""
        return Response([shape_program(each) for each in self.find(request)])

    def find(self, request: Request) -> list[PermittedProgram]:
        """Return the programs that the query asks for."""
        query = request.query_params
        return list_programs(
            by=self.by,
            permission=read_permission(query.get("user_has_perm")),
            organization_key=query.get("org"),
            title=query.get("program_title", ""),
        )


class PagedPrograms(Programs):
    """The same, in pages."""

    @describe(answers={200: ProgramPage}, parameters=[*FILTERS, *PAGING], refuses=[404])
    def get(self, request: Request) -> Response:
        """List a page of programs."""
        return Response(make_page(request, self.find(request), shape=shape_program))


class Program(ProgramView):
    """One program."""

    @describe(answers={200: ProgramShape}, refuses=[404])
    def get(self, request: Request, key: str) -> Response:
        """Describe a program."""
        del request
        return Response(shape_program(self.permit(key, Permission.READ_METADATA)))


class ProgramCourses(ProgramView):
    """The course runs of a program's active curriculum."""

    @describe(answers={200: ListOf(CourseShape)}, refuses=[404, 502, 504])
    def get(self, request: Request, key: str) -> Response:
        """List a program's courses; ``Age`` says for how many seconds they are known."""
        del request
        permitted = self.permit(key, Permission.READ_METADATA)
        at = self.at
        courses = recall_courses(program=permitted.program, at=at)
        age = max(0, int((at - courses.read_at).total_seconds()))
        return Response([shape_course(run) for run in courses.runs], headers={"Age": str(age)})


def read_permission(name: str | None) -> Permission:
    """Return the permission of an API name; unsaid it is that to see a program.

    Raises:
        NotFound: there is none of that name.
    """
    if name is None:
        return Permission.READ_METADATA
    for permission in API_PERMISSIONS:
        if permission.value == name:
            return permission
    raise NotFound("There is no permission of that name.")
