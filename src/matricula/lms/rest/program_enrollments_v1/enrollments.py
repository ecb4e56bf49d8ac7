"""E1 and E2: the enrollments of a program, and those in one of its course runs."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission
from matricula.lms.course_enrollments.api import (
    CourseEnrollmentsWanted,
    ListedCourseEnrollment,
    Position,
    list_course_enrollments,
    write_program_course_enrollments,
)
from matricula.lms.kernel.api import WriteMode
from matricula.lms.program_enrollments.api import (
    ListedProgramEnrollment,
    ProgramEnrollmentsWanted,
    list_program_enrollments,
    write_program_enrollments,
)
from matricula.lms.rest.program_enrollments_v1.answering import answer_write
from matricula.lms.rest.program_enrollments_v1.paging import answer_page
from matricula.lms.rest.program_enrollments_v1.reading import (
    read_course_rows,
    read_program_rows,
)
from matricula.lms.rest.program_enrollments_v1.viewing import PartnerView, get_course_run_of


class ProgramEnrollments(PartnerView):
    """The enrollments of a program."""

    def get(self, request: Request, program_id: str) -> Response:
        """List them by pages."""
        program = self.get_program_head(program_id, Permission.ENROLLMENTS_READ)
        which = ProgramEnrollmentsWanted(program_id=program.id)

        def read(
            *, after: int | None, before: int | None, limit: int
        ) -> list[ListedProgramEnrollment]:
            return list_program_enrollments(
                which=which, limit=limit, by=self.by, after=after, before=before
            )

        return Response(
            answer_page(request, read=read, id_of=lambda row: row.id, write=_write_program_row)
        )

    def post(self, request: Request, program_id: str) -> HttpResponse:
        """Create some."""
        return self._write(request, program_id, WriteMode.CREATE)

    def patch(self, request: Request, program_id: str) -> HttpResponse:
        """Change some."""
        return self._write(request, program_id, WriteMode.UPDATE)

    def put(self, request: Request, program_id: str) -> HttpResponse:
        """Create or change some."""
        return self._write(request, program_id, WriteMode.UPSERT)

    def _write(self, request: Request, program_id: str, mode: WriteMode) -> HttpResponse:
        program = self.get_program_head(program_id, Permission.ENROLLMENTS_WRITE)
        rows = read_program_rows(request.data, names_curriculum=mode.may_create)
        judged = write_program_enrollments(
            program=program, rows=rows, mode=mode, by=self.by, at=self.at, by_curriculum=False
        )
        return answer_write([row.student_key for row in rows], judged)


class CourseEnrollments(PartnerView):
    """The enrollments of a program's students in one of its course runs."""

    def get(self, request: Request, program_id: str, course_key: str) -> Response:
        """List them by pages."""
        program = self.get_program(program_id, Permission.ENROLLMENTS_READ)
        run = get_course_run_of(program, course_key)
        which = CourseEnrollmentsWanted(program_id=program.id, course_run_ids=(run.id,))

        def read(
            *, after: int | None, before: int | None, limit: int
        ) -> list[ListedCourseEnrollment]:
            return list_course_enrollments(
                which=which,
                limit=limit,
                by=self.by,
                after=None if after is None else Position(0, after),
                before=None if before is None else Position(0, before),
            )

        return Response(
            answer_page(request, read=read, id_of=lambda row: row.id, write=_write_course_row)
        )

    def post(self, request: Request, program_id: str, course_key: str) -> HttpResponse:
        """Create some."""
        return self._write(request, program_id, course_key, WriteMode.CREATE)

    def patch(self, request: Request, program_id: str, course_key: str) -> HttpResponse:
        """Change some."""
        return self._write(request, program_id, course_key, WriteMode.UPDATE)

    def put(self, request: Request, program_id: str, course_key: str) -> HttpResponse:
        """Create or change some."""
        return self._write(request, program_id, course_key, WriteMode.UPSERT)

    def _write(
        self, request: Request, program_id: str, course_key: str, mode: WriteMode
    ) -> HttpResponse:
        program = self.get_program(program_id, Permission.ENROLLMENTS_WRITE)
        run = get_course_run_of(program, course_key)
        rows = read_course_rows(request.data, course_run=run.key)
        judged = write_program_course_enrollments(
            program=program,
            rows=rows,
            mode=mode,
            by=self.by,
            at=self.at,
            by_curriculum=False,
            one_program_per_run=True,
        )
        return answer_write([row.student_key for row in rows], judged)


def _write_program_row(row: ListedProgramEnrollment) -> dict[str, Any]:
    return {
        "student_key": row.student_key,
        "status": row.status,
        "account_exists": row.account_exists,
        "curriculum_uuid": row.curriculum,
        "username": row.username,
        "email": row.email,
    }


def _write_course_row(row: ListedCourseEnrollment) -> dict[str, Any]:
    return {
        "student_key": row.student_key,
        "status": "active" if row.is_active else "inactive",
        "account_exists": row.account_exists,
        "curriculum_uuid": row.curriculum,
        "course_staff": row.course_staff,
    }
