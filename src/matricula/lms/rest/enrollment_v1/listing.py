"""Listing the enrollments of everybody, a page at a time."""

from functools import partial
from operator import itemgetter
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.course_enrollments.api import HeldSeat, list_seats_of_all
from matricula.lms.rest.enrollment_v1.presenting import present_briefly
from matricula.lms.rest.enrollment_v1.reading import read_filters
from matricula.lms.rest.enrollment_v1.viewing import EnrollmentView
from matricula.lms.rest.program_enrollments_v1.paging import answer_page

LARGEST_PAGE = 100


class AllEnrollments(EnrollmentView):
    """The enrollments of everybody, for who may read everywhere."""

    def get(self, request: Request) -> Response:
        """Answer with a page of those that the filters let through."""
        require_permission(self.by, Permission.ENROLLMENTS_READ)
        read = partial(list_seats_of_all, wanted=read_filters(request), by=self.by)
        page = answer_page(
            request, read=read, id_of=itemgetter(0), write=_present, largest=LARGEST_PAGE
        )
        return Response(page)


def _present(placed: tuple[int, HeldSeat]) -> dict[str, Any]:
    _, seat = placed
    return present_briefly(seat)
