"""What the LMS says of plans, as far as it is read here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from matricula.lms_client.records import EnrollmentKind, Mode


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What would be done with a row, and what is there before; ``before`` is empty for nothing."""

    action: str
    verdict: str
    before: str


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is no longer what a plan was made for."""

    line: int
    student_key: str
    planned: Standing
    now: Standing


class Undoes(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan takes back: ``what`` is ``job``, ``plan``, ``change-set`` or ``request``."""

    what: str
    id: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a roster, or an undo, would do with each row, kept to be applied exactly so.

    ``state`` is ``planning``, ``ready``, ``applying``, ``applied``, ``stale``, ``failed``,
    ``discarded`` or ``expired``. ``planned`` is how many of ``rows`` are judged so far; ``counts``
    are by action, ``verdicts`` by verdict. An undo has no ``mode``.
    """

    id: UUID
    program: str
    kind: EnrollmentKind
    name: str
    mode: Mode | None
    reason: str
    state: str
    rows: int
    planned: int
    counts: Mapping[str, int]
    verdicts: Mapping[str, int]
    undoes: Undoes | None = None
    created_at: datetime
    created_by: str = ""
    expires_at: datetime | None = None
    applied_at: datetime | None = None
    applied_by: str | None = None
    moved_count: int = 0
    moved: Sequence[Moved] = ()
    failure: Any = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing goes on by itself: it is not being made, and not being applied."""
        return self.state not in {"planning", "applying"}


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan would do with one row.

    ``action`` is ``create``, ``update``, ``unchanged``, ``refuse`` or, of an undo, ``undo``.
    ``before`` and ``after`` are a status, with ``, staff`` where the row says that, or empty:
    nothing is there, or nothing can be said. ``course`` is empty in a roster of a program.
    """

    line: int
    student_key: str
    course: str = ""
    action: str
    verdict: str
    reason: str = ""
    before: str = ""
    after: str = ""
