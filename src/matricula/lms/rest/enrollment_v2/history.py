"""How a program has grown: its enrollments by status, month by month."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.program_enrollments.api import (
    MOST_MONTHS,
    CountedMonth,
    count_program_enrollments_by_month,
)
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_program_lead
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

MONTHS = 24


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far back."""

    months: Annotated[
        int, msgspec.Meta(ge=1, le=MOST_MONTHS, description="So many, this one being the last.")
    ] = MONTHS


class History(msgspec.Struct, frozen=True):
    """A program's months; those before there was anything are left out."""

    program: str
    months: Sequence[CountedMonth]


EXAMPLE = {
    "program": "hydrology",
    "months": [
        {"month": "2031-01", "counts": {"enrolled": 12, "pending": 3}},
        {"month": "2031-02", "counts": {"canceled": 1, "enrolled": 14}},
    ],
}


class HistoryView(EnrollmentView):
    """How a program has grown."""

    @describe(query=HistoryQuery, answers={200: History}, refuses=[404], example=EXAMPLE)
    def get(self, request: Request, key: str) -> Response:
        """Count a program's enrollments by status at the end of each month.

        Months are those of UTC; the last one is as it is now. Whoever has retired since counts as
        what they were.
        """
        del request
        months = self.read_query(HistoryQuery).months
        program = find_program_lead(key, by=self.by)
        counted = count_program_enrollments_by_month(
            program_id=program.id, months=months, at=self.at, by=self.by
        )
        return Response(History(program.key, counted))
