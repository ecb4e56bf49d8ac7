"""Holding: which seats accounts have, since when, and through which programs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from matricula.lms.access.api import Permission, has_permission, require_permission
from matricula.lms.catalog.api import MODE_RANK
from matricula.lms.course_enrollments.staffing import list_staffed_run_ids
from matricula.lms.identities.api import Kind
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import STATUSES


@dataclass(frozen=True, slots=True)
class ProgramOfGrant:
    """The program that a grant comes through, and the status of the learner in it."""

    uuid: UUID
    key: str
    title: str
    status: str


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant of an account; ``kind`` is that of the identity it was made for."""

    kind: str
    mode: str
    is_active: bool
    created_at: datetime
    program: ProgramOfGrant | None

    @property
    def is_effective(self) -> bool:
        """Whether it gives the seat."""
        return self.is_active and (self.program is None or STATUSES[self.program.status].may_study)


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """The seat of an account in a course run, with its grants, the oldest first."""

    account_id: int
    username: str
    course_run_id: int
    course_run: str
    grants: tuple[HeldGrant, ...]

    @property
    def is_active(self) -> bool:
        """Whether the account is in."""
        return any(grant.is_effective for grant in self.grants)

    @property
    def mode(self) -> str:
        """The highest of the effective grants, or of all while none is effective."""
        return highest_mode([each for each in self.grants if each.is_effective] or self.grants)

    @property
    def created_at(self) -> datetime:
        """When the first of the grants was made."""
        return self.grants[0].created_at

    @property
    def direct_grants(self) -> list[HeldGrant]:
        """Those that come through no program."""
        return [grant for grant in self.grants if grant.program is None]


# From each identity to its grants by the index that keeps them unique.
HELD = """
SELECT i.account_id, account.username, g.course_run_id, run.key,
       i.kind, g.mode, g.is_active, g.created_at,
       program.uuid, program.key, program.title, e.status
FROM identity i
JOIN LATERAL (
    SELECT * FROM course_enrollment
    WHERE identity_id = i.id
      AND (%(run_ids)s::bigint[] IS NULL OR course_run_id = ANY(%(run_ids)s::bigint[]))
    OFFSET 0
) AS g ON true
JOIN account ON account.id = i.account_id
JOIN course_run run ON run.id = g.course_run_id
LEFT JOIN program_enrollment e ON e.id = g.program_enrollment_id
LEFT JOIN program ON program.id = e.program_id
WHERE i.account_id = ANY(%(account_ids)s)
ORDER BY g.created_at, g.id
"""


def highest_mode(grants: Iterable[HeldGrant]) -> str:
    """Return the highest mode of some grants, of which there is at least one."""
    return max((grant.mode for grant in grants), key=MODE_RANK.__getitem__)


def list_held_seats(*, account_id: int, by: Actor) -> list[HeldSeat]:
    """Return the seats of an account, also those it has left, by when they were first given.

    All of them for whoever may read everywhere and for the account itself; for staff of course
    runs those in their runs, without the programs that give them; for anybody else none. At most
    three queries.
    """
    if has_permission(by, Permission.ENROLLMENTS_READ, account_id=account_id):
        return read_seats(account_ids=[account_id])
    seats = read_seats(account_ids=[account_id], run_ids=list_staffed_run_ids(by=by))
    return [_without_programs(seat) for seat in seats]


def find_held_seat(*, account_id: int, course_run_id: int, by: Actor) -> HeldSeat | None:
    """Return the seat of an account in a course run, or None if nothing was ever granted.

    Raises:
        PermissionMissing: it is somebody else's, and the actor may not read everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, account_id=account_id)
    return read_seat(account_id=account_id, course_run_id=course_run_id)


def read_seat(*, account_id: int, course_run_id: int) -> HeldSeat | None:
    """Return the seat of an account in a course run for whoever has asked; one query."""
    return next(iter(read_seats(account_ids=[account_id], run_ids=[course_run_id])), None)


def read_seats(
    *, account_ids: Sequence[int], run_ids: Collection[int] | None = None
) -> list[HeldSeat]:
    """Return the seats of accounts in all course runs or those, for whoever has asked; one query.

    No query for no course runs.
    """
    if run_ids is not None and not run_ids:
        return []
    params: dict[str, Any] = {
        "account_ids": list(account_ids),
        "run_ids": None if run_ids is None else list(run_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(HELD, params)
        return _add_up(cursor.fetchall())


def _add_up(rows: Iterable[Sequence[Any]]) -> list[HeldSeat]:
    places: dict[tuple[int, str, int, str], list[HeldGrant]] = {}
    for account_id, username, run_id, run, kind, mode, is_active, at, *program in rows:
        through = ProgramOfGrant(*program) if program[0] is not None else None
        place = places.setdefault((account_id, username, run_id, run), [])
        place.append(HeldGrant(Kind(kind), mode, is_active, at, through))
    return [_seat(place, tuple(grants)) for place, grants in places.items()]


def _seat(place: tuple[int, str, int, str], grants: tuple[HeldGrant, ...]) -> HeldSeat:
    return HeldSeat(*place, grants)


def _without_programs(seat: HeldSeat) -> HeldSeat:
    """Return the same seat as if all of it had been given directly.

    A run may be in programs of several schools, and its staff teach for one of them.
    """
    grants = (replace(grant, is_active=grant.is_effective, program=None) for grant in seat.grants)
    return replace(seat, grants=tuple(grants))
