"""Learners: their whole picture, and why they are in a course run or are not."""

from typing import Annotated, Literal

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import (
    Learner,
    explain_seat,
    get_learner,
    get_named_learner,
    list_lacks,
    picture_learner,
    picture_learner_as_of,
)
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import name_learner
from matricula.lms.rest.enrollment_v2.reading import Moment
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

CourseRun = Annotated[str, msgspec.Meta(description="The key of a course run.")]
AsOf = Annotated[Moment | None, msgspec.Meta(description="The picture as it was then.")]


class PictureQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The picture of when."""

    as_of: AsOf = None


class LearnerQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom: by the student key of a school, or by e-mail address."""

    student_key: Annotated[str | None, msgspec.Meta(description="With `organization`.")] = None
    organization: Annotated[str | None, msgspec.Meta(description="Of the student key.")] = None
    email: Annotated[str | None, msgspec.Meta(description="An address, by itself.")] = None
    as_of: AsOf = None


class ExplainQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which seat."""

    course_run: CourseRun


class NamedExplainQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose seat, by a name, and which."""

    course_run: CourseRun
    student_key: Annotated[str | None, msgspec.Meta(description="With `organization`.")] = None
    organization: Annotated[str | None, msgspec.Meta(description="Of the student key.")] = None
    email: Annotated[str | None, msgspec.Meta(description="An address, by itself.")] = None


class LearnerIdentity(msgspec.Struct, frozen=True):
    """A name of the learner."""

    kind: str
    organization: str | None
    value: str
    bound: bool


class LearnerProgram(msgspec.Struct, frozen=True):
    """A program of the learner: `explicit` is stored, `implicit` is deduced from seats."""

    program: str
    curriculum: str | None
    status: str
    student_key: str | None
    waiting: bool
    basis: Literal["explicit", "implicit"]


class LearnerGrant(msgspec.Struct, frozen=True):
    """A grant behind a seat, and why it gives none if it does not."""

    program: str | None
    status: str
    mode: str
    effective: bool
    reason: str


class LearnerSeat(msgspec.Struct, frozen=True):
    """What the learner has in a course run."""

    course_run: str
    mode: str
    is_active: bool
    grants: tuple[LearnerGrant, ...]


class LackShown(msgspec.Struct, frozen=True):
    """What is still missing, such as the proof of an address; `what` is the address or sign-on."""

    code: str
    what: str
    detail: str


class LearnerPicture(msgspec.Struct, frozen=True):
    """All that the caller may see of a learner; `account` is null while they wait.

    `missing` is null for who may not see it, and of a picture as of a moment.
    """

    account: str | None
    identities: tuple[LearnerIdentity, ...]
    program_enrollments: tuple[LearnerProgram, ...]
    seats: tuple[LearnerSeat, ...]
    missing: tuple[LackShown, ...] | None


class GrantExplained(msgspec.Struct, frozen=True):
    """A grant, and why it gives no seat if it gives none; a direct one has no program."""

    program: str | None
    program_status: str | None
    is_active: bool
    mode: str
    effective: bool
    reason: str


class SeatExplained(msgspec.Struct, frozen=True):
    """Why a learner is in a course run or is not, in a sentence and in data.

    `open_conflicts` is null for who may not see conflicts.
    """

    course_run: str
    is_active: bool
    mode: str | None
    sentence: str
    grants: tuple[GrantExplained, ...]
    open_conflicts: int | None


RUN = "course-v1:RiverU+HYD1+2031_T1"
PICTURE = {
    "account": "mira",
    "identities": [
        {"kind": "student_key", "organization": "RiverU", "value": "rv-17", "bound": True}
    ],
    "program_enrollments": [
        {
            "program": "hydrology",
            "curriculum": "f2b8f5c4-61c3-4f65-9d31-5f0c40b1a0aa",
            "status": "suspended",
            "student_key": "rv-17",
            "waiting": False,
            "basis": "explicit",
        }
    ],
    "seats": [
        {
            "course_run": RUN,
            "mode": "masters",
            "is_active": False,
            "grants": [
                {
                    "program": "hydrology",
                    "status": "active",
                    "mode": "masters",
                    "effective": False,
                    "reason": "the program enrollment is suspended",
                }
            ],
        }
    ],
    "missing": [
        {
            "code": "address-unproven",
            "what": "mira@example.org",
            "detail": "Nobody has followed the link that was mailed to mira@example.org.",
        }
    ],
}
EXPLAINED = {
    "course_run": RUN,
    "is_active": False,
    "mode": None,
    "sentence": f"Not in {RUN}: the program enrollment is suspended (program hydrology).",
    "grants": [
        {
            "program": "hydrology",
            "program_status": "suspended",
            "is_active": True,
            "mode": "masters",
            "effective": False,
            "reason": "the program enrollment is suspended",
        }
    ],
    "open_conflicts": 0,
}


class LearnerView(EnrollmentView):
    """A learner with an account."""

    @describe(query=PictureQuery, answers={200: LearnerPicture}, refuses=[404], example=PICTURE)
    def get(self, request: Request, username: str) -> Response:
        """Show a learner by username: identities, programs, and seats with the grants behind."""
        del request
        query = self.read_query(PictureQuery)
        learner = get_learner(username=username, by=self.by)
        return Response(_picture(learner, query.as_of, by=self.by))


class NamedLearnerView(EnrollmentView):
    """A learner with a name, with or without an account."""

    @describe(query=LearnerQuery, answers={200: LearnerPicture}, refuses=[404], example=PICTURE)
    def get(self, request: Request) -> Response:
        """Show a learner by student key or e-mail address, also while they wait."""
        del request
        query = self.read_query(LearnerQuery)
        learner = _find_named(query, by=self.by)
        return Response(_picture(learner, query.as_of, by=self.by))


class ExplanationView(EnrollmentView):
    """A seat of a learner with an account."""

    @describe(query=ExplainQuery, answers={200: SeatExplained}, refuses=[404], example=EXPLAINED)
    def get(self, request: Request, username: str) -> Response:
        """Explain by username why a learner is in a course run, or is not."""
        del request
        query = self.read_query(ExplainQuery)
        learner = get_learner(username=username, by=self.by)
        return Response(_explain(learner, query.course_run, by=self.by))


class NamedExplanationView(EnrollmentView):
    """A seat of a learner with a name."""

    @describe(
        query=NamedExplainQuery, answers={200: SeatExplained}, refuses=[404], example=EXPLAINED
    )
    def get(self, request: Request) -> Response:
        """Explain by student key or address why a learner is in a course run, or is not."""
        del request
        query = self.read_query(NamedExplainQuery)
        learner = _find_named(query, by=self.by)
        return Response(_explain(learner, query.course_run, by=self.by))


def _find_named(query: LearnerQuery | NamedExplainQuery, *, by: Actor) -> Learner:
    name = name_learner(
        organization=query.organization, key=query.student_key, email=query.email, by=by
    )
    return get_named_learner(name=name, by=by)


def _picture(learner: Learner, as_of: Moment | None, *, by: Actor) -> LearnerPicture:
    if as_of is None:
        picture = picture_learner(learner=learner, by=by)
        lacks = list_lacks(learner=learner, by=by)
    else:
        picture = picture_learner_as_of(learner=learner, as_of=as_of, by=by)
        lacks = None
    shown = {**msgspec.structs.asdict(picture), "missing": lacks}
    return msgspec.convert(shown, LearnerPicture, from_attributes=True)


def _explain(learner: Learner, course_run: str, *, by: Actor) -> SeatExplained:
    explained = explain_seat(learner=learner, course_run=course_run, by=by)
    return msgspec.convert(explained, SeatExplained, from_attributes=True)
