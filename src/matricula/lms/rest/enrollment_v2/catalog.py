"""Programs: listed, described, and loaded in course-discovery's shape."""

from collections import Counter
from collections.abc import Sequence

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import (
    Permission,
    has_permission,
    list_permitted_organizations,
    require_permission,
)
from matricula.lms.catalog.api import (
    LoadResult,
    ProgramSummary,
    describe_program,
    list_program_summaries,
    load_catalog,
    parse_page,
)
from matricula.lms.rest.enrollment_v2.describing import JSON, describe
from matricula.lms.rest.enrollment_v2.finding import find_program_lead
from matricula.lms.rest.enrollment_v2.paging import Page, PageQuery, make_page, read_cursor
from matricula.lms.rest.enrollment_v2.reading import InvalidBody, require_json
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView
from matricula.service.parsing import read_body

CATALOG_LIMIT = 32 * 2**20


class OrganizationOfProgram(msgspec.Struct, frozen=True):
    """A school or partner."""

    uuid: str
    key: str
    name: str


class Program(msgspec.Struct, frozen=True):
    """A program; the first of its organizations leads."""

    uuid: str
    key: str
    title: str
    type: str
    status: str
    mode: str
    organizations: Sequence[OrganizationOfProgram]


class CurriculumOfProgram(msgspec.Struct, frozen=True):
    """A version of the program, with the programs nested in it and the course runs it names."""

    uuid: str
    name: str
    is_active: bool
    programs: Sequence[str]
    course_runs: Sequence[str]


class CourseRunOfProgram(msgspec.Struct, frozen=True):
    """A course run that is in the program."""

    key: str
    external_key: str
    course: str
    title: str


class ProgramDetail(Program, frozen=True):
    """A program and all that is in it, with the course runs of nested programs."""

    curricula: Sequence[CurriculumOfProgram]
    course_runs: Sequence[CourseRunOfProgram]


class ProgramPage(Page[Program], frozen=True):
    """A page of programs."""


class ProgramQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of the programs."""


class LoadedProgram(msgspec.Struct, frozen=True):
    """A program of a load, and what the load did with it."""

    uuid: str
    key: str
    result: LoadResult


class CatalogLoaded(msgspec.Struct, frozen=True):
    """What a load did."""

    counts: dict[str, int]
    programs: Sequence[LoadedProgram]


RIVER = {"uuid": "9c4b1f0e-77a4-4d7e-9f0a-1f7c53c7b9d1", "key": "RiverU", "name": "River"}
HYDROLOGY = {
    "uuid": "1b0b5d3e-30a5-4c39-8f52-2f0f3a1e7c11",
    "key": "hydrology",
    "title": "Master of Hydrology",
    "type": "Masters",
    "status": "active",
    "mode": "masters",
    "organizations": [RIVER],
}
CATALOG = {
    "results": [
        {
            "uuid": HYDROLOGY["uuid"],
            "key": "hydrology",
            "title": "Master of Hydrology",
            "type": "Masters",
            "authoring_organizations": [RIVER],
            "curricula": [
                {
                    "uuid": "f2b8f5c4-61c3-4f65-9d31-5f0c40b1a0aa",
                    "courses": [
                        {
                            "key": "RiverU+HYD1",
                            "course_runs": [{"key": "course-v1:RiverU+HYD1+2031_T1"}],
                        }
                    ],
                }
            ],
        }
    ],
    "next": None,
}


class ProgramsView(EnrollmentView):
    """All programs."""

    @describe(
        query=ProgramQuery,
        answers={200: ProgramPage},
        example={"results": [HYDROLOGY], "next": None},
    )
    def get(self, request: Request) -> Response:
        """List the programs of the organizations that the caller reads.

        Who may load the catalog sees all.
        """
        query = self.read_query(ProgramQuery)
        loads = has_permission(self.by, Permission.CATALOG_LOAD)
        own = list_permitted_organizations(self.by, Permission.ENROLLMENTS_READ)
        found = list_program_summaries(
            organization_ids=None if loads else own,
            after=read_cursor(query, str) or "",
            limit=query.page_size + 1,
        )
        page = make_page(request, query, found, key_of=lambda each: each.key, shape=_shape)
        return Response(page)


class ProgramView(EnrollmentView):
    """One program."""

    @describe(
        answers={200: ProgramDetail},
        refuses=[404],
        example={**HYDROLOGY, "curricula": [], "course_runs": []},
    )
    def get(self, request: Request, key: str) -> Response:
        """Describe a program by its key or uuid, with all that is in it."""
        del request
        if not has_permission(self.by, Permission.CATALOG_LOAD):
            find_program_lead(key, by=self.by)
        described = describe_program(key=key)
        told = {
            **msgspec.to_builtins(described.program),
            "curricula": described.curricula,
            "course_runs": described.course_runs,
        }
        return Response(told)


class CatalogView(EnrollmentView):
    """The catalog as a whole."""

    body_limit = CATALOG_LIMIT

    @describe(
        takes={JSON: {"type": "object"}},
        answers={200: CatalogLoaded},
        takes_example=CATALOG,
        example={
            "counts": {"created": 1, "updated": 0, "unchanged": 0},
            "programs": [
                {"uuid": HYDROLOGY["uuid"], "key": "hydrology", "result": "created"},
            ],
        },
    )
    def post(self, request: Request) -> Response:
        """Load programs in course-discovery's shape, all or nothing.

        A program, a list of them, or a page with `results`. Loading it again changes nothing.
        """
        require_permission(self.by, Permission.CATALOG_LOAD)
        require_json(request)
        page = parse_page(read_body(self.body, limit=self.body_limit), source="The body")
        if page.next:
            raise InvalidBody("next: the body goes on elsewhere; send each page by itself.")
        loaded = load_catalog(programs=page.programs, by=self.by, at=self.at)
        happened = Counter(each.result for each in loaded)
        answer = CatalogLoaded(
            {result.value: happened[result] for result in LoadResult},
            [LoadedProgram(str(each.uuid), each.key, each.result) for each in loaded],
        )
        return Response(answer)


def _shape(program: ProgramSummary) -> Program:
    return msgspec.convert(msgspec.to_builtins(program), Program)
