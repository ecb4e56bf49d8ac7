"""Seats: what learners effectively have in course runs, computed from their grants (ADR 0003)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from matricula.lms.catalog.api import MODE_RANK
from matricula.lms.program_enrollments.api import STATUSES, STUDYING


class Hindrance(StrEnum):
    """Why a grant gives no seat: one of itself, a status, or one of whose name it is for."""

    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    CANCELED = "canceled"
    WAITING = "waiting"
    RETIRED = "retired"


REASONS: Mapping[Hindrance, str] = {
    Hindrance.INACTIVE: "the course enrollment is inactive",
    Hindrance.SUSPENDED: STATUSES["suspended"].reason,
    Hindrance.CANCELED: STATUSES["canceled"].reason,
    Hindrance.WAITING: "waiting: no account has proven this name yet",
    Hindrance.RETIRED: "the person is retired",
}
"""What APIs and commands say of each; pages have words of their own."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as its seat sees it; what hinders it is of itself, not of whose name it is for.

    ``program`` and ``program_status`` are those of the program enrollment it comes through; None
    for a direct grant.
    """

    identity_id: int
    course_run_id: int
    course_run: str
    program: str | None
    program_status: str | None
    mode: str
    is_active: bool
    hindrances: tuple[Hindrance, ...]

    @property
    def effective(self) -> bool:
        """Whether it gives the seat."""
        return not self.hindrances


@dataclass(frozen=True, slots=True)
class Seat:
    """What a learner has in a course run.

    ``mode`` is the highest of the effective grants, or of all grants while none is effective.
    """

    course_run_id: int
    course_run: str
    mode: str
    is_active: bool
    grants: tuple[Grant, ...]


GRANTS_OF_IDENTITIES = """
SELECT g.identity_id, g.course_run_id, run.key, program.key, e.status, g.mode, g.is_active
FROM course_enrollment g
JOIN course_run run ON run.id = g.course_run_id
LEFT JOIN program_enrollment e ON e.id = g.program_enrollment_id
LEFT JOIN program ON program.id = e.program_id
WHERE g.identity_id = ANY(%(identity_ids)s)
ORDER BY run.key, program.key NULLS LAST, g.id
"""

SEAT = """
SELECT g.mode
FROM identity i
JOIN course_enrollment g ON g.identity_id = i.id AND g.course_run_id = %(course_run_id)s
LEFT JOIN program_enrollment e ON e.id = g.program_enrollment_id
WHERE i.account_id = %(account_id)s
  AND g.is_active AND (e.id IS NULL OR e.status = ANY(%(studying)s))
"""


def find_seat_mode(*, account_id: int, course_run_id: int) -> str | None:
    """Return the mode in which an account is in a course run, or None if it is not; one query."""
    params: dict[str, Any] = {
        "account_id": account_id,
        "course_run_id": course_run_id,
        "studying": STUDYING,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEAT, params)
        return max(
            (mode for (mode,) in cursor.fetchall()), key=MODE_RANK.__getitem__, default=None
        )


def list_seats(*, identity_ids: Sequence[int]) -> list[Seat]:
    """Return the seats that one learner's identities add up to, with every grant; one query."""
    with connection.cursor() as cursor:
        cursor.execute(GRANTS_OF_IDENTITIES, {"identity_ids": list(identity_ids)})
        return seats_of(explain_grant(*row) for row in cursor.fetchall())


def explain_grant(  # noqa: PLR0917  the columns of the query, in their order
    identity_id: int,
    course_run_id: int,
    course_run: str,
    program: str | None,
    program_status: str | None,
    mode: str,
    is_active: bool,  # noqa: FBT001  the columns of the query, in their order
) -> Grant:
    """Return a grant that knows why it is not effective, if it is not."""
    hindrances = [] if is_active else [Hindrance.INACTIVE]
    if program_status is not None and not STATUSES[program_status].may_study:
        hindrances.append(Hindrance(program_status))
    return Grant(
        identity_id=identity_id,
        course_run_id=course_run_id,
        course_run=course_run,
        program=program,
        program_status=program_status,
        mode=mode,
        is_active=is_active,
        hindrances=tuple(hindrances),
    )


def say_reason(hindrances: Iterable[Hindrance]) -> str:
    """Return what APIs and commands say of all that hinders a grant; empty if nothing does."""
    return "; ".join(REASONS[each] for each in hindrances)


def seats_of(grants: Iterable[Grant]) -> list[Seat]:
    """Add grants of one learner up to seats, in the order in which their runs first appear."""
    by_run: dict[str, list[Grant]] = {}
    for grant in grants:
        by_run.setdefault(grant.course_run, []).append(grant)
    return [_seat(grants_of_run) for grants_of_run in by_run.values()]


def _seat(grants: Sequence[Grant]) -> Seat:
    effective = [grant for grant in grants if grant.effective]
    highest = max((grant.mode for grant in effective or grants), key=MODE_RANK.__getitem__)
    return Seat(
        course_run_id=grants[0].course_run_id,
        course_run=grants[0].course_run,
        mode=highest,
        is_active=bool(effective),
        grants=tuple(grants),
    )
