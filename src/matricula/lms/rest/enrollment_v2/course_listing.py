"""Course enrollments listed: now, or as they were at a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.catalog.api import UnknownCourseRun, find_course_run_ids
from matricula.lms.course_enrollments.api import (
    CourseEnrollmentsWanted,
    ListedCourseEnrollment,
    Position,
    list_course_enrollments,
)
from matricula.lms.kernel.api import Actor, quote
from matricula.lms.learners.api import PastWanted, list_past_course_enrollments
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.granting import ANSWER_EXAMPLE as GRANTED
from matricula.lms.rest.enrollment_v2.granting import EXAMPLE as GRANTS
from matricula.lms.rest.enrollment_v2.granting import GrantsAnswer, GrantsWanted, grant
from matricula.lms.rest.enrollment_v2.listing import EnrollmentQuery, choose, require_past
from matricula.lms.rest.enrollment_v2.paging import Id, Page, make_page, read_cursor
from matricula.lms.rest.enrollment_v2.reading import InvalidParameter
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

MOST_RUNS = 100


class CourseEnrollmentsQuery(
    EnrollmentQuery, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Which course enrollments."""

    course_run: Annotated[
        list[str], msgspec.Meta(max_length=MOST_RUNS, description="A key; may be repeated.")
    ] = []  # noqa: RUF012  msgspec copies an empty list
    active: Annotated[bool | None, msgspec.Meta(description="As it was last set.")] = None
    direct: Annotated[
        bool | None, msgspec.Meta(description="Whether it comes through no program.")
    ] = None


class CourseEnrollment(msgspec.Struct, frozen=True, gc=False):
    """That a person is granted a course run, through a program or directly.

    It is `effective` if it is active and its program enrollment lets the person study. `account`
    is the username, null while they wait.
    """

    kind: str
    value: str
    organization: str | None
    program: str | None
    program_uuid: str | None
    curriculum: str | None
    program_status: str | None
    course_run: str
    external_key: str
    mode: str
    active: bool
    effective: bool
    course_staff: bool
    waiting: bool
    account: str | None
    created_at: datetime
    modified_at: datetime


class CourseEnrollmentPage(Page[CourseEnrollment], frozen=True):
    """A page of course enrollments."""


EXAMPLE = {
    "kind": "student_key",
    "value": "rv-17",
    "organization": "RiverU",
    "program": "hydrology",
    "program_uuid": "1b0b5d3e-30a5-4c39-8f52-2f0f3a1e7c11",
    "curriculum": "f2b8f5c4-61c3-4f65-9d31-5f0c40b1a0aa",
    "program_status": "enrolled",
    "course_run": "course-v1:RiverU+HYD1+2031_T1",
    "external_key": "HYD1-31",
    "mode": "masters",
    "active": True,
    "effective": True,
    "course_staff": False,
    "waiting": False,
    "account": "mira",
    "created_at": "2031-01-10T09:00:00Z",
    "modified_at": "2031-01-10T09:00:00Z",
}


class CourseEnrollmentsView(EnrollmentView):
    """All course enrollments."""

    @describe(
        query=CourseEnrollmentsQuery,
        answers={200: CourseEnrollmentPage},
        refuses=[404],
        example={"results": [EXAMPLE], "next": None},
    )
    def get(self, request: Request) -> Response:
        """List course enrollments as far as the caller may see them.

        A page costs the same however far in it is. A learner's seats are `learners/{username}`.
        """
        query = self.read_query(CourseEnrollmentsQuery)
        key = read_cursor(query, tuple[Id, Id])
        found = _find(query, after=None if key is None else Position(*key), by=self.by)
        page = make_page(request, query, found, key_of=lambda each: each.position, shape=_shape)
        return Response(page)

    @describe(
        takes=GrantsWanted,
        answers={200: GrantsAnswer},
        refuses=[404],
        takes_example=GRANTS,
        example=GRANTED,
    )
    def post(self, request: Request) -> Response:
        """Grant course runs directly, without a program, many at once; each row is answered.

        Only who may write everywhere may: any course run in any mode could be given.
        """
        del request
        return Response(grant(self.read_body(GrantsWanted), by=self.by, at=self.at))


def _find(
    query: CourseEnrollmentsQuery, *, after: Position | None, by: Actor
) -> Sequence[ListedCourseEnrollment]:
    choice, limit, runs = choose(query, by=by), query.page_size + 1, _find_runs(query.course_run)
    if query.as_of is not None:
        if query.direct is not None:
            raise InvalidParameter("direct: it cannot be asked together with as_of.")
        return list_past_course_enrollments(
            program=require_past(query),
            as_of=query.as_of,
            by=by,
            which=PastWanted(
                statuses=choice.statuses,
                names=choice.names,
                waiting=query.waiting,
                course_run_ids=runs,
                is_active=query.active,
            ),
            after=after,
            limit=limit,
        )
    which = CourseEnrollmentsWanted(
        program_id=choice.program.id if choice.program else None,
        organization_id=choice.organization_id,
        course_run_ids=runs,
        is_active=query.active,
        statuses=choice.statuses,
        names=choice.names,
        account_id=choice.account_id,
        waiting=query.waiting,
        direct=query.direct,
        changed_since=query.changed_since,
    )
    return list_course_enrollments(which=which, limit=limit, after=after, by=by)


def _find_runs(keys: Sequence[str]) -> tuple[int, ...] | None:
    if not keys:
        return None
    found = find_course_run_ids(keys=keys)
    for key in keys:
        if key not in found:
            raise UnknownCourseRun(f"There is no course run {quote(key)}.")
    return tuple(found.values())


def _shape(listed: ListedCourseEnrollment) -> CourseEnrollment:
    return CourseEnrollment(
        kind=listed.kind,
        value=listed.value,
        organization=listed.organization,
        program=listed.program,
        program_uuid=listed.program_uuid,
        curriculum=listed.curriculum,
        program_status=listed.program_status,
        course_run=listed.course_run,
        external_key=listed.external_key,
        mode=listed.mode,
        active=listed.is_active,
        effective=listed.effective,
        course_staff=listed.course_staff,
        waiting=listed.waiting,
        account=listed.username or None,
        created_at=listed.created_at,
        modified_at=listed.modified_at,
    )
