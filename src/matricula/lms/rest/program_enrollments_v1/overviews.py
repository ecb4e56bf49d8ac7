"""E4 to E6: the programs that somebody may see, and the course runs they study in one."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.catalog.api import INSTRUCTOR_PACED, SELF_PACED, ProgramOutline
from matricula.lms.learners.api import (
    StudiedRun,
    get_program_of_uuid,
    list_programs_in_sight,
    list_studied_runs,
)
from matricula.lms.rest.program_enrollments_v1.paging import answer_page, read_from
from matricula.lms.rest.program_enrollments_v1.viewing import SurfaceView

TYPE = "masters"
"""Of the programs that are listed if no type is asked for."""

PAGE_SIZE, LARGEST_PAGE = 10, 25

MICROMASTERS = "MicroMasters"
PACINGS = {INSTRUCTOR_PACED: "instructor", SELF_PACED: "self"}


class ProgramsInSight(SurfaceView):
    """The programs that the caller may see."""

    def get(self, request: Request) -> Response:
        """List them, all at once: the portal of learners cannot follow pages."""
        type_ = request.query_params.get("type", TYPE).lower()
        programs = list_programs_in_sight(type_=type_, by=self.by)
        return Response([{"uuid": str(each.uuid), "slug": each.slug} for each in programs])


class ProgramOverview(SurfaceView):
    """The course runs that the caller studies in a program."""

    def get(self, request: Request, program_id: str) -> Response:
        """List them all at once."""
        del request
        program = get_program_of_uuid(uuid=program_id)
        studied = list_studied_runs(program=program, by=self.by, at=self.at)
        return Response({"course_runs": [_describe(each, program) for each in studied]})


class UserCourses(SurfaceView):
    """The same for the user of the address, which only the caller can be."""

    def get(self, request: Request, username: str, program_id: str) -> Response:
        """List them by pages."""
        program = get_program_of_uuid(uuid=program_id)
        if username != self.account.username:
            raise PermissionDenied("You may only ask for your own courses.")
        studied = list_studied_runs(program=program, by=self.by, at=self.at)
        page = answer_page(
            request,
            read=read_from(studied, lambda each: each.run.id),
            id_of=lambda each: each.run.id,
            write=lambda each: _describe(each, program),
            page_size=PAGE_SIZE,
            largest=LARGEST_PAGE,
        )
        return Response(page)


def _describe(studied: StudiedRun, program: ProgramOutline) -> dict[str, Any]:
    """Return a course run as the portal shows it; what does not apply is left out."""
    run = studied.run
    described: dict[str, Any] = {
        "course_run_id": run.key,
        "display_name": run.name,
        "course_run_url": settings.COURSE_URL.replace("{key}", quote(run.key, safe="/:+~")),
        "start_date": run.start_at,
        "end_date": run.end_at,
        "course_run_status": studied.progress.value,
        "due_dates": [],
        "org_name": studied.organization,
    }
    if run.pacing in PACINGS:
        described["pacing"] = PACINGS[run.pacing]
    if program.type == MICROMASTERS:
        described["micromasters_title"] = program.title
    return described
