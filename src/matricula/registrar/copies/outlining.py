"""Outlining programs by their copies: how many are in which status, and how old that is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.copies.models import CopiedHistory, Copy, CopyWish
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import (
    Permission,
    Program,
    read_holdings,
    require_program_permission,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """What the LMS was last seen to hold of a program's enrollments.

    Without ``proven_at`` there is no copy. While ``is_awaited`` a worker is to refresh it; where
    the last try has failed, ``trouble`` says why. ``waiting`` are those without an account.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0
    waiting: int = 0
    proven_at: datetime | None = None
    is_awaited: bool = False
    trouble: str = ""
    trouble_code: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether there is no copy, nobody waits for one, and no try has failed."""
        return self.proven_at is None and not self.is_awaited and not self.trouble_code

    @property
    def waiting_percent(self) -> int:
        """The share of those who wait, rounded."""
        return round(100 * self.waiting / self.rows) if self.rows else 0


@dataclass(frozen=True, slots=True)
class PastMonth:
    """How a program stood at the end of a month, such as ``2031-03``; now, if it is this one."""

    month: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Past:
    """A program month by month, as the LMS told it then."""

    months: Sequence[PastMonth]
    read_at: datetime


def outline_programs(*, programs: Collection[Program], by: Actor) -> dict[int, Outline]:
    """Return what is known of programs, by id; those that the actor may not read are left out.

    Three queries, however many programs there are. The LMS is not asked, and nothing is counted.
    """
    holdings = read_holdings(by)
    may = Permission.READ_ENROLLMENTS
    ids = [each.pk for each in programs if may in holdings.on_program(each)]
    copies = {copy.program_id: copy for copy in _find_copies(ids)}
    wishes = {wish.program_id: wish for wish in CopyWish.objects.filter(pk__in=ids)}
    return {pk: _outline(copies.get(pk), wishes.get(pk)) for pk in ids}


def find_past(*, program: Program, by: Actor) -> Past | None:
    """Return how a program has grown, or None if nobody has asked yet.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
    """
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=program)
    kept = CopiedHistory.objects.filter(program=program).first()
    if kept is None:
        return None
    return Past([PastMonth(each["month"], each["counts"]) for each in kept.months], kept.read_at)


def _find_copies(ids: Collection[int]) -> QuerySet[Copy]:
    kind = EnrollmentKind.PROGRAM_ENROLLMENTS.value
    return Copy.objects.filter(program__in=ids, kind=kind).exclude(counts=None)


def _outline(copy: Copy | None, wish: CopyWish | None) -> Outline:
    counts = (copy.counts if copy else None) or {}
    return Outline(
        counts={status: rows for status, (rows, _) in counts.items()},
        rows=sum(rows for rows, _ in counts.values()),
        waiting=sum(waiting for _, waiting in counts.values()),
        proven_at=copy.proven_at if copy else None,
        is_awaited=wish is not None and wish.ended_at is None,
        trouble=wish.trouble if wish else "",
        trouble_code=wish.code if wish else "",
    )
