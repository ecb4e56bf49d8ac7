"""Conflicts: names that two accounts have claimed, listed and resolved."""

from datetime import datetime

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.identities.api import ConflictSides, list_conflicts, resolve_conflict
from matricula.lms.rest.enrollment_v2.accounts import Reason
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.paging import (
    Id,
    Page,
    PageQuery,
    make_page,
    read_cursor,
)
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView


class ConflictQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of the conflicts."""


class ConflictAnswer(msgspec.Struct, frozen=True):
    """A name that is the holder's, and that the claimant has claimed."""

    id: int
    kind: str
    organization: str | None
    value: str
    holder: str
    claimant: str
    via: str
    attempts: int
    first_at: datetime
    last_at: datetime


class ConflictPage(Page[ConflictAnswer], frozen=True):
    """A page of conflicts."""


class ResolutionWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the name moves to the claimant or stays with its holder, and why."""

    rebind: bool
    reason: Reason


class ResolutionDone(msgspec.Struct, frozen=True):
    """A conflict that is resolved."""

    id: int
    resolution: str


CONFLICT = {
    "id": 4,
    "kind": "student_key",
    "organization": "RiverU",
    "value": "rv-17",
    "holder": "mira",
    "claimant": "noah",
    "via": "sign_on",
    "attempts": 2,
    "first_at": "2031-01-12T08:30:00Z",
    "last_at": "2031-01-13T08:30:00Z",
}


class ConflictsView(EnrollmentView):
    """All open conflicts."""

    @describe(
        query=ConflictQuery,
        answers={200: ConflictPage},
        example={"results": [CONFLICT], "next": None},
    )
    def get(self, request: Request) -> Response:
        """List the open conflicts that the caller may resolve."""
        query = self.read_query(ConflictQuery)
        after = read_cursor(query, Id) or 0
        found = list_conflicts(by=self.by, after=after, limit=query.page_size + 1)
        page = make_page(request, query, found, key_of=lambda each: each.id, shape=_shape)
        return Response(page)


class ResolutionView(EnrollmentView):
    """The end of a conflict."""

    @describe(
        takes=ResolutionWanted,
        answers={200: ResolutionDone},
        refuses=[404],
        takes_example={"rebind": True, "reason": "the key was his"},
        example={"id": 4, "resolution": "rebound"},
    )
    def post(self, request: Request, conflict_id: int) -> Response:
        """End a conflict: move the name to the claimant, or leave it with its holder."""
        del request
        wanted = self.read_body(ResolutionWanted)
        resolve_conflict(
            conflict_id=conflict_id,
            rebind=wanted.rebind,
            by=self.by,
            at=self.at,
            reason=wanted.reason,
        )
        return Response(ResolutionDone(conflict_id, "rebound" if wanted.rebind else "kept"))


def _shape(conflict: ConflictSides) -> ConflictAnswer:
    return ConflictAnswer(
        id=conflict.id,
        kind=conflict.kind,
        organization=conflict.organization,
        value=conflict.value,
        holder=conflict.holder,
        claimant=conflict.claimant,
        via=conflict.via,
        attempts=conflict.attempts,
        first_at=conflict.first_at,
        last_at=conflict.last_at,
    )
