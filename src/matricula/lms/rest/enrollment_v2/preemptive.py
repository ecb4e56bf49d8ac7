"""What waits for people without accounts: listed, withdrawn, expired."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.catalog.api import list_programs_titled
from matricula.lms.identities.api import IdentityName, email_address, student_key
from matricula.lms.kernel.api import Actor, fold
from matricula.lms.preemptive_enrollments.api import (
    LONGEST_DAYS,
    TakenBack,
    Waiting,
    WaitingEnrollment,
    WaitingKey,
    expire_waiting,
    list_waiting,
    page_waiting,
    withdraw_waiting,
)
from matricula.lms.rest.enrollment_v2.accounts import Reason
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_organization, find_program_lead
from matricula.lms.rest.enrollment_v2.paging import (
    Page,
    PageQuery,
    follow,
    make_cursor,
    read_cursor,
)
from matricula.lms.rest.enrollment_v2.reading import InvalidBody, Moment
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

EXPIRY_DAYS = 60
MOST_NAMES = 1_000

Key = Annotated[str, msgspec.Meta(max_length=255)]
Names = Annotated[Sequence[Key], msgspec.Meta(max_length=MOST_NAMES)]


class PreemptiveQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of what waits."""

    program: Annotated[str | None, msgspec.Meta(description="Its key or uuid.")] = None
    program_title: Annotated[
        str | None, msgspec.Meta(description="Of the programs with that in their title.")
    ] = None
    organization: Annotated[str | None, msgspec.Meta(description="Of that school's students.")] = (
        None
    )
    student_key: Annotated[
        str | None, msgspec.Meta(description="Needs `organization` or `program`.")
    ] = None
    email: Annotated[str | None, msgspec.Meta(description="Made for that address.")] = None
    unchanged_since: Annotated[
        Moment | None, msgspec.Meta(description="Nothing was written in it after that moment.")
    ] = None


class PreemptiveEnrollment(msgspec.Struct, frozen=True):
    """Something that waits: a program with its courses, or a direct course enrollment."""

    kind: str
    organization: str | None
    value: str
    program: str | None
    course_run: str | None
    status: str
    courses: int
    since: datetime
    last_change: datetime


class PreemptivePage(Page[PreemptiveEnrollment], frozen=True):
    """A page of what waits."""


class WithdrawalWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to take back: of a program, a school, names, or all of these at once.

    Student keys need `organization` or `program`.
    """

    reason: Reason
    program: str | None = None
    organization: str | None = None
    student_keys: Names | None = None
    emails: Names | None = None
    dry_run: bool = False


class ExpiryWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How old something must be to be taken back, and of whom."""

    days: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_DAYS)] = EXPIRY_DAYS
    program: str | None = None
    organization: str | None = None
    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    dry_run: bool = False


class TakenBackAnswer(msgspec.Struct, frozen=True):
    """What was, or with `dry_run` would be, deleted; and the names for which nothing waits."""

    program_enrollments: int
    course_enrollments: int
    course_roles: int
    dry_run: bool
    nothing_waits_for: Sequence[str] = ()


WAITING = {
    "kind": "student_key",
    "organization": "RiverU",
    "value": "rv-17",
    "program": "hydrology",
    "course_run": None,
    "status": "enrolled",
    "courses": 2,
    "since": "2031-01-10T09:00:00Z",
    "last_change": "2031-01-11T09:00:00Z",
}
TAKEN = {
    "program_enrollments": 1,
    "course_enrollments": 2,
    "course_roles": 0,
    "dry_run": False,
    "nothing_waits_for": [],
}


class PreemptiveView(EnrollmentView):
    """All that waits."""

    @describe(
        query=PreemptiveQuery,
        answers={200: PreemptivePage},
        refuses=[404],
        example={"results": [WAITING], "next": None},
    )
    def get(self, request: Request) -> Response:
        """List what waits, as it was made."""
        query = self.read_query(PreemptiveQuery)
        which = _choose(
            query.program,
            query.organization,
            keys=None if query.student_key is None else [query.student_key],
            emails=None if query.email is None else [query.email],
            unchanged_since=query.unchanged_since,
            title=query.program_title,
            by=self.by,
        )
        after = read_cursor(query, WaitingKey)
        found = page_waiting(which=which, after=after, limit=query.page_size, by=self.by)
        following = None if found.last is None else follow(request, make_cursor(found.last))
        return Response(PreemptivePage([_shape(each) for each in found.rows], following))


class WithdrawalView(EnrollmentView):
    """Taking back by choice."""

    @describe(
        takes=WithdrawalWanted,
        answers={200: TakenBackAnswer},
        refuses=[404],
        takes_example={"program": "hydrology", "student_keys": ["rv-17"], "reason": "deferred"},
        example=TAKEN,
    )
    def post(self, request: Request) -> Response:
        """Take back what waits for a program, a school, or names."""
        del request
        wanted = self.read_body(WithdrawalWanted)
        which = _choose(
            wanted.program,
            wanted.organization,
            keys=wanted.student_keys,
            emails=wanted.emails,
            by=self.by,
        )
        missing = _list_missing(which, by=self.by)
        taken = withdraw_waiting(
            which=which, by=self.by, at=self.at, reason=wanted.reason, is_plan=wanted.dry_run
        )
        return Response(_tell(taken, dry_run=wanted.dry_run, missing=missing))


class ExpiryView(EnrollmentView):
    """Taking back by age."""

    @describe(
        takes=ExpiryWanted,
        answers={200: TakenBackAnswer},
        refuses=[404],
        takes_example={"days": 90, "organization": "RiverU"},
        example=TAKEN,
    )
    def post(self, request: Request) -> Response:
        """Take back what has waited so many days without a change, courses included."""
        del request
        wanted = self.read_body(ExpiryWanted)
        taken = expire_waiting(
            which=_choose(wanted.program, wanted.organization, by=self.by),
            days=wanted.days,
            by=self.by,
            at=self.at,
            reason=wanted.reason,
            is_plan=wanted.dry_run,
        )
        return Response(_tell(taken, dry_run=wanted.dry_run))


def _choose(
    program: str | None,
    organization: str | None,
    *,
    by: Actor,
    keys: Sequence[str] | None = None,
    emails: Sequence[str] | None = None,
    unchanged_since: datetime | None = None,
    title: str | None = None,
) -> Waiting:
    outline = None if program is None else find_program_lead(program, by=by)
    school = None if organization is None else find_organization(organization, by=by).pk
    issuer = school or (outline.organization_id if outline else None)
    names: list[IdentityName] = [email_address(email) for email in emails or ()]
    if keys and issuer is None:
        raise InvalidBody("student keys: say whose they are, by organization or program.")
    names += [student_key(key, organization_id=issuer) for key in keys or () if issuer]
    return Waiting(
        program_id=outline.id if outline else None,
        program_ids=None if title is None else tuple(list_programs_titled(title=title)),
        organization_id=school,
        names=None if keys is None and emails is None else tuple(names),
        unchanged_since=unchanged_since,
    )


def _list_missing(which: Waiting, *, by: Actor) -> list[str]:
    """Say which of the names have nothing that waits."""
    if which.names is None:
        return []
    waiting = list_waiting(which=which, by=by)
    found = {(each.kind, fold(each.value)) for each in waiting}
    return [name.stored for name in which.names if (name.kind.value, name.folded) not in found]


def _shape(waiting: WaitingEnrollment) -> PreemptiveEnrollment:
    return PreemptiveEnrollment(*msgspec.structs.astuple(waiting))


def _tell(taken: TakenBack, *, dry_run: bool, missing: Sequence[str] = ()) -> TakenBackAnswer:
    return TakenBackAnswer(
        taken.program_enrollments,
        taken.course_enrollments,
        taken.course_roles,
        dry_run=dry_run,
        nothing_waits_for=missing,
    )
