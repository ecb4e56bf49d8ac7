"""E3: the grades of a program's students in one of its course runs."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission
from matricula.lms.learners.api import StudentGrade, list_student_grades
from matricula.lms.rest.program_enrollments_v1.paging import answer_page
from matricula.lms.rest.program_enrollments_v1.viewing import PartnerView, get_course_run_of

DECIMALS = 3
"""More of them make the Registrar fail."""

NO_PERCENT = "The grade has no percent."


class CourseGrades(PartnerView):
    """Grades of those students who have an account, whatever their statuses."""

    def get(self, request: Request, program_id: str, course_key: str) -> Response:
        """List them; the status of the answer is that of its page."""
        program = self.get_program(program_id, Permission.ENROLLMENTS_READ)
        run = get_course_run_of(program, course_key)

        def read(*, after: int | None, before: int | None, limit: int) -> Sequence[StudentGrade]:
            return list_student_grades(
                program=program,
                course_run_id=run.id,
                limit=limit,
                by=self.by,
                after=after,
                before=before,
            )

        page = answer_page(request, read=read, id_of=lambda grade: grade.id, write=_write)
        return Response(page, status=_status_of(page["results"]))


def _write(grade: StudentGrade) -> dict[str, Any]:
    if grade.percent is None:
        return {"student_key": grade.student_key, "error": NO_PERCENT}
    return {
        "student_key": grade.student_key,
        "passed": grade.is_passing,
        "percent": round(float(grade.percent), DECIMALS),
        "letter_grade": grade.letter or None,
    }


def _status_of(results: Sequence[dict[str, Any]]) -> HTTPStatus:
    """Return the status of a page; an empty one is no failure (ADR 0013)."""
    failed = {"error" in each for each in results}
    if len(failed) > 1:
        return HTTPStatus.MULTI_STATUS
    return HTTPStatus.UNPROCESSABLE_ENTITY if True in failed else HTTPStatus.OK
