"""Enrollments listed: now, or as they were at a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.catalog.api import ProgramLead, ProgramOutline, get_program
from matricula.lms.identities.api import IdentityName, student_key
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import PastWanted, get_learner, list_past_program_enrollments
from matricula.lms.program_enrollments.api import (
    ListedProgramEnrollment,
    ProgramEnrollmentsWanted,
    list_program_enrollments,
)
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_organization, find_program_lead
from matricula.lms.rest.enrollment_v2.paging import (
    Id,
    Page,
    PageQuery,
    make_page,
    read_cursor,
)
from matricula.lms.rest.enrollment_v2.reading import InvalidParameter, Moment
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

Status = Literal["enrolled", "pending", "suspended", "canceled", "ended"]

NOT_OF_THE_PAST = ("account", "changed_since", "organization")


class EnrollmentQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which enrollments; all that is given must be so."""

    program: Annotated[str | None, msgspec.Meta(description="Its key or uuid.")] = None
    organization: Annotated[str | None, msgspec.Meta(description="Whose students.")] = None
    status: Annotated[
        list[Status], msgspec.Meta(description="Of the program enrollment; may be repeated.")
    ] = []  # noqa: RUF012  msgspec copies an empty list
    student_key: Annotated[
        str | None, msgspec.Meta(description="Needs `organization` or `program`.")
    ] = None
    account: Annotated[str | None, msgspec.Meta(description="A username.")] = None
    waiting: Annotated[
        bool | None, msgspec.Meta(description="Whether nobody has proven the name yet.")
    ] = None
    changed_since: Annotated[
        Moment | None, msgspec.Meta(description="Written or bound at that moment or later.")
    ] = None
    as_of: Annotated[
        Moment | None,
        msgspec.Meta(
            description="As it was then; needs `program`, and takes no `organization`, `account` "
            "or `changed_since`."
        ),
    ] = None


class ProgramEnrollmentsQuery(
    EnrollmentQuery, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Which program enrollments."""


class ProgramEnrollment(msgspec.Struct, frozen=True, gc=False):
    """That a person is in a program; `account` is the username, null while they wait."""

    student_key: str | None
    organization: str | None
    program: str
    program_uuid: str
    curriculum: str
    status: str
    waiting: bool
    account: str | None
    created_at: datetime
    modified_at: datetime


class ProgramEnrollmentPage(Page[ProgramEnrollment], frozen=True):
    """A page of program enrollments."""


class Choice(msgspec.Struct, frozen=True):
    """What a query names, found."""

    program: ProgramLead | None
    organization_id: int | None
    account_id: int | None
    names: tuple[IdentityName, ...] | None
    statuses: tuple[str, ...] | None


EXAMPLE = {
    "student_key": "rv-17",
    "organization": "RiverU",
    "program": "hydrology",
    "program_uuid": "1b0b5d3e-30a5-4c39-8f52-2f0f3a1e7c11",
    "curriculum": "f2b8f5c4-61c3-4f65-9d31-5f0c40b1a0aa",
    "status": "enrolled",
    "waiting": True,
    "account": None,
    "created_at": "2031-01-10T09:00:00Z",
    "modified_at": "2031-01-10T09:00:00Z",
}


class ProgramEnrollmentsView(EnrollmentView):
    """All program enrollments."""

    @describe(
        query=ProgramEnrollmentsQuery,
        answers={200: ProgramEnrollmentPage},
        refuses=[404],
        example={"results": [EXAMPLE], "next": None},
    )
    def get(self, request: Request) -> Response:
        """List program enrollments as far as the caller may see them.

        A page costs the same however far in it is.
        """
        query = self.read_query(ProgramEnrollmentsQuery)
        found = _find(query, after=read_cursor(query, Id), by=self.by)
        page = make_page(request, query, found, key_of=lambda each: each.id, shape=_shape)
        return Response(page)


def choose(query: EnrollmentQuery, *, by: Actor) -> Choice:
    """Return what a query names.

    Raises:
        InvalidParameter: what is given does not go together.
        UnknownAccount, UnknownOrganization, UnknownProgram: none that the caller may know of.
    """
    program = None if query.program is None else find_program_lead(query.program, by=by)
    school = query.organization
    school_id = None if school is None else find_organization(school, by=by).pk
    username = query.account
    account_id = None if username is None else get_learner(username=username, by=by).account_id
    issuer_id = school_id or (program.organization_id if program else None)
    if query.student_key is not None and issuer_id is None:
        raise InvalidParameter("student_key: say whose it is, by organization or program.")
    return Choice(
        program=program,
        organization_id=school_id,
        account_id=account_id,
        names=(student_key(query.student_key, organization_id=issuer_id),)
        if query.student_key is not None and issuer_id is not None
        else None,
        statuses=tuple(query.status) or None,
    )


def require_past(query: EnrollmentQuery) -> ProgramOutline:
    """Return the program of a query that asks for a past moment.

    Raises:
        InvalidParameter: it names none, or asks for what is not known of the past.
    """
    for name in NOT_OF_THE_PAST:
        if getattr(query, name) is not None:
            raise InvalidParameter(f"{name}: it cannot be asked together with as_of.")
    if query.program is None:
        raise InvalidParameter("as_of: say of which program.")
    return get_program(key=query.program)


def _find(
    query: EnrollmentQuery, *, after: int | None, by: Actor
) -> Sequence[ListedProgramEnrollment]:
    choice, limit = choose(query, by=by), query.page_size + 1
    if query.as_of is not None:
        return list_past_program_enrollments(
            program=require_past(query),
            as_of=query.as_of,
            by=by,
            which=PastWanted(statuses=choice.statuses, names=choice.names, waiting=query.waiting),
            after=after,
            limit=limit,
        )
    which = ProgramEnrollmentsWanted(
        program_id=choice.program.id if choice.program else None,
        organization_id=choice.organization_id,
        statuses=choice.statuses,
        names=choice.names,
        account_id=choice.account_id,
        waiting=query.waiting,
        changed_since=query.changed_since,
    )
    return list_program_enrollments(which=which, limit=limit, after=after, by=by)


def _shape(listed: ListedProgramEnrollment) -> ProgramEnrollment:
    return ProgramEnrollment(
        student_key=listed.student_key,
        organization=listed.organization,
        program=listed.program,
        program_uuid=listed.program_uuid,
        curriculum=listed.curriculum,
        status=listed.status,
        waiting=listed.waiting,
        account=listed.username or None,
        created_at=listed.created_at,
        modified_at=listed.modified_at,
    )
