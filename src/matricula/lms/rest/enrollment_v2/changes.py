"""The ledger, followed from a cursor in the order of commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.changes.api import (
    START,
    Change,
    Cursor,
    InvalidCursor,
    list_changes,
    note_follower,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_organization, find_program_lead
from matricula.lms.rest.enrollment_v2.paging import LARGEST_PAGE, PAGE_SIZE, follow
from matricula.lms.rest.enrollment_v2.reading import InvalidParameter
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView

Subject = Literal["identity", "program_enrollment", "course_enrollment", "course_role"]


class ChangesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where on, and of what."""

    after: Annotated[
        Annotated[str, msgspec.Meta(max_length=50)] | None,
        msgspec.Meta(description="The `next_cursor` of an answer."),
    ] = None
    subject: Annotated[
        list[Subject], msgspec.Meta(description="What has changed; may be repeated.")
    ] = []
    program: Annotated[str | None, msgspec.Meta(description="Its key or uuid.")] = None
    organization: Annotated[str | None, msgspec.Meta(description="Whose students.")] = None
    page_size: Annotated[
        int, msgspec.Meta(ge=1, le=LARGEST_PAGE, description="Changes of a page.")
    ] = PAGE_SIZE


class ChangeAnswer(msgspec.Struct, frozen=True):
    """One row before and after, and the act it was part of; `actor` is who, and `reason` why."""

    cursor: str
    subject: Subject
    row_id: int
    action: Literal["created", "changed", "deleted"]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    at: datetime
    actor: str
    channel: str
    reason: str
    request_id: str
    change_set: str


class ChangesAnswer(msgspec.Struct, frozen=True):
    """Changes in the order of commits, and where to go on, now or later.

    A page may be short or empty without being the end; `is_end` says that nothing more was
    committed.
    """

    results: Sequence[ChangeAnswer]
    next: str
    next_cursor: str
    is_end: bool


CHANGE = {
    "cursor": "2f3-1a",
    "subject": "program_enrollment",
    "row_id": 17,
    "action": "changed",
    "before": {"id": 17, "status": "pending", "program": "hydrology", "student_key": "rv-17"},
    "after": {"id": 17, "status": "enrolled", "program": "hydrology", "student_key": "rv-17"},
    "at": "2031-01-10T09:00:00Z",
    "actor": "account:4",
    "channel": "rest",
    "reason": "",
    "request_id": "8c1f5a1b5f2c4f0db3e0f3f1f1f0a111",
    "change_set": "5a3c2c0e-6b1a-4a4e-9a55-8c2b5d7b1f10",
}


class ChangesView(EnrollmentView):
    """The ledger."""

    @describe(
        query=ChangesQuery,
        answers={200: ChangesAnswer},
        refuses=[404],
        example={
            "results": [CHANGE],
            "next": "https://lms.example.org/api/enrollment/v2/changes?after=2f3-1a",
            "next_cursor": "2f3-1a",
            "is_end": True,
        },
    )
    def get(self, request: Request) -> Response:
        """Follow what has changed, from a cursor on.

        Nothing is skipped, and nothing comes twice.
        """
        query = self.read_query(ChangesQuery)
        program = None if query.program is None else find_program_lead(query.program, by=self.by)
        found = list_changes(
            limit=query.page_size,
            by=self.by,
            after=_read_cursor(query.after),
            subjects=query.subject or None,
            program_id=None if program is None else program.id,
            organization_id=_find_school_id(query.organization, by=self.by),
        )
        note_follower(place=found.next_cursor, by=self.by, at=self.at)
        cursor = found.next_cursor.encode()
        shown = [_shape(each) for each in found.changes]
        following = follow(request, cursor, name="after")
        return Response(ChangesAnswer(shown, following, cursor, found.is_end))


def _find_school_id(key: str | None, *, by: Actor) -> int | None:
    return None if key is None else find_organization(key, by=by).pk


def _read_cursor(text: str | None) -> Cursor:
    if text is None:
        return START
    try:
        return Cursor.decode(text)
    except InvalidCursor:
        raise InvalidParameter("after: it is no cursor of this ledger.") from None


def _shape(change: Change) -> ChangeAnswer:
    return msgspec.convert(
        {**msgspec.structs.asdict(change), "cursor": change.cursor.encode()}, ChangeAnswer
    )
