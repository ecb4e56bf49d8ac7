"""Listing grants, a page at a time; a page costs the same however far in it is.

Grants of programs come by program enrollment, so that a program's need no index of their own; all
others by id.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from matricula.lms.course_enrollments.starting import (
    ANYWHERE,
    DIRECT_OF_SCHOOLS,
    IN_RUNS,
    OF_IDENTITIES,
    PAGE,
    THROUGH_PROGRAMS,
)
from matricula.lms.identities.api import IdentityName
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import (
    LAST_ID,
    STUDYING,
    format_page,
    list_visible_organizations,
    list_wanted_identities,
)


class CourseEnrollmentsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which grants are meant; None leaves a side open, and all sides must be met.

    ``organization_id`` is whose student keys. ``statuses`` are those of program enrollments, which
    direct grants have none of. ``direct`` is whether they come through no program.
    ``changed_since`` is met by a grant that was written, whose program enrollment was, or whose
    identity was bound or retired, at that moment or later.
    """

    program_id: int | None = None
    organization_id: int | None = None
    course_run_ids: tuple[int, ...] | None = None
    is_active: bool | None = None
    statuses: tuple[str, ...] | None = None
    names: tuple[IdentityName, ...] | None = None
    identity_ids: tuple[int, ...] | None = None
    account_id: int | None = None
    waiting: bool | None = None
    direct: bool | None = None
    changed_since: datetime | None = None


class Position(NamedTuple):
    """The place of a grant in a list: pass it on, for the same question, and look not into it."""

    group: int
    id: int


class ListedCourseEnrollment(msgspec.Struct, frozen=True, gc=False):
    """A grant in outsiders' words. A direct one has no program, curriculum and program status.

    ``value`` is the identity's as stored, and its ``student_key`` if it is one. ``course_staff``
    says that the identity, or another of its account, has the staff role in the run by any route.
    Without an account ``username`` and ``email`` are empty.
    """

    group: int
    id: int
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
    is_active: bool
    effective: bool
    course_staff: bool
    waiting: bool
    account_exists: bool
    username: str
    email: str
    created_at: datetime
    modified_at: datetime

    @property
    def position(self) -> Position:
        """Its place in the list."""
        return Position(self.group, self.id)

    @property
    def student_key(self) -> str | None:
        """The student key, if it is one."""
        return self.value if self.kind == "student_key" else None


FIRST = Position(0, 0)
LAST = Position(LAST_ID, LAST_ID)


def list_course_enrollments(
    *,
    which: CourseEnrollmentsWanted,
    limit: int,
    by: Actor,
    after: Position | None = None,
    before: Position | None = None,
) -> list[ListedCourseEnrollment]:
    """Return at most ``limit`` grants by ascending position, as far as the actor may see.

    ``after`` a position come the next ones; ``before`` one, and without ``after``, the last ones
    that precede it. At most two queries after the permission, and another one if there are names.
    What belongs to programs of other organizations, or directly to their students, is left out.

    Raises:
        PermissionMissing: the program or organization asked for is not one the actor may read.
    """
    visible = list_visible_organizations(
        by=by,
        program_id=which.program_id,
        organization_id=which.organization_id,
        account_id=which.account_id,
    )
    backwards = before is not None and after is None
    after, before = after or FIRST, before or LAST
    starts = _choose_starts(which, visible)
    if len(starts) > 1:
        starts = starts[after.group == LAST_ID : 1 + (before.group == LAST_ID)]
    params = _list_params(which, visible)
    rows: list[ListedCourseEnrollment] = []
    for start in starts[::-1] if backwards else starts:
        if len(rows) < limit:
            ends = _list_ends(after, before, limit - len(rows))
            rows += _list_page(start, params | ends, backwards=backwards)
    return rows[::-1] if backwards else rows


def _choose_starts(
    which: CourseEnrollmentsWanted, visible: frozenset[int] | None
) -> Sequence[Mapping[str, str]]:
    """Return where to begin: in one place, or in programs and then among direct grants."""
    if (which.names, which.identity_ids, which.account_id) != (None, None, None):
        return [OF_IDENTITIES]
    if which.course_run_ids is not None:
        return [IN_RUNS]
    if (which.program_id, which.organization_id, visible) == (None, None, None):
        return [ANYWHERE]
    may_be_direct = which.direct is not False and which.program_id is None
    return [THROUGH_PROGRAMS] * (which.direct is not True) + [DIRECT_OF_SCHOOLS] * may_be_direct


def _list_page(
    start: Mapping[str, str], params: Mapping[str, Any], *, backwards: bool
) -> list[ListedCourseEnrollment]:
    with connection.cursor() as cursor:
        cursor.execute(format_page(PAGE, start, backwards=backwards), params)
        return [ListedCourseEnrollment(*row) for row in cursor.fetchall()]


def _list_ends(after: Position, before: Position, limit: int) -> dict[str, int]:
    return {
        "after_group": after.group,
        "after": after.id,
        "before_group": before.group,
        "before": before.id,
        "limit": limit,
    }


def _list_params(which: CourseEnrollmentsWanted, visible: frozenset[int] | None) -> dict[str, Any]:
    return {
        "program_id": which.program_id,
        "organization_id": which.organization_id,
        "course_run_ids": None if which.course_run_ids is None else list(which.course_run_ids),
        "is_active": which.is_active,
        "statuses": None if which.statuses is None else list(which.statuses),
        "identity_ids": list_wanted_identities(which.names, which.identity_ids),
        "account_id": which.account_id,
        "waiting": which.waiting,
        "direct": which.direct,
        "changed_since": which.changed_since,
        "studying": STUDYING,
        "everywhere": visible is None,
        "visible": sorted(visible or ()),
    }
