"""Recording grades."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import UnknownAccount, map_account_ids
from matricula.lms.catalog.api import UnknownCourseRun, find_course_run_ids
from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.kernel.api import quote
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

MOST = 1_000


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an account earned in a course run; `percent` is from 0 to 1, null if unknown."""

    username: Annotated[str, msgspec.Meta(max_length=150)]
    course_run: Annotated[str, msgspec.Meta(max_length=255)]
    is_passing: bool
    letter: Annotated[str, msgspec.Meta(max_length=255)] = ""
    percent: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class GradesWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grades to record, all or none."""

    grades: Annotated[Sequence[Grade], msgspec.Meta(min_length=1, max_length=MOST)]


class GradesRecorded(msgspec.Struct, frozen=True):
    """How many grades were new or changed."""

    recorded: int


EXAMPLE = {
    "grades": [
        {
            "username": "mira",
            "course_run": "course-v1:RiverU+HYD1+2031_T1",
            "is_passing": True,
            "letter": "A",
            "percent": 0.93,
        }
    ]
}


class GradesView(EnrollmentView):
    """All grades."""

    @describe(
        takes=GradesWanted,
        answers={200: GradesRecorded},
        refuses=[404],
        takes_example=EXAMPLE,
        example={"recorded": 1},
    )
    def post(self, request: Request) -> Response:
        """Record grades, all or none; recording one again changes nothing."""
        del request
        require_permission(self.by, Permission.GRADES_WRITE)
        wanted = self.read_body(GradesWanted).grades
        accounts = map_account_ids(usernames=[each.username for each in wanted])
        runs = find_course_run_ids(keys=[each.course_run for each in wanted])
        earned = [
            _shape(number, each, accounts.get(each.username), runs.get(each.course_run))
            for number, each in enumerate(wanted)
        ]
        return Response(GradesRecorded(record_grades(grades=earned, by=self.by, at=self.at)))


def _shape(number: int, grade: Grade, account_id: int | None, run_id: int | None) -> EarnedGrade:
    where = f"grades[{number}]"
    if account_id is None:
        raise UnknownAccount(f"{where}: there is no account {quote(grade.username)}.")
    if run_id is None:
        raise UnknownCourseRun(f"{where}: there is no course run {quote(grade.course_run)}.")
    percent = None if grade.percent is None else Decimal(str(grade.percent))
    return EarnedGrade(account_id, run_id, grade.letter, grade.is_passing, percent)
