"""Describing copies: how many rows, how they stand, how old the proof is, and whether it holds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from matricula.lms_client.api import EnrollmentKind, Lms, LmsNotFound
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.kernel.api import Actor, reaching_lms
from matricula.registrar.partners.api import (
    Permission,
    Program,
    require_permission,
    require_program_permission,
)
from matricula.service.refusals import Unavailable


@dataclass(frozen=True, slots=True)
class CopyOutline:
    """What is told of a copy: never its rows.

    ``is_current`` is None where nobody has asked the LMS, or it did not answer.
    """

    program_key: str
    kind: EnrollmentKind
    rows: int
    digest: str
    proven_at: datetime
    used_at: datetime
    age_seconds: int
    is_current: bool | None = None
    counts: Mapping[str, int] | None = None


def describe_copies(*, program: Program, by: Actor, at: datetime) -> list[CopyOutline]:
    """Return the copies of a program, counted by status. The LMS is asked for each one's digest.

    Raises:
        PermissionMissing: the actor may not read the program's enrollments.
    """
    require_program_permission(by, Permission.READ_ENROLLMENTS, program=program)
    copies = list(Copy.objects.select_related("program").filter(program=program).order_by("-kind"))
    counts = _count(copies)
    current = _find_current(copies)
    return [
        _outline(copy, at, is_current=current.get(copy.pk), counts=counts[copy.pk])
        for copy in copies
    ]


def list_copies(*, by: Actor, at: datetime) -> list[CopyOutline]:
    """Return all copies, the one used last first. The LMS is not asked, and nothing is counted.

    Raises:
        PermissionMissing: the actor may not.
    """
    require_permission(by, Permission.COPIES_KEEP)
    copies = Copy.objects.select_related("program").order_by("-used_at", "-pk")
    return [_outline(copy, at) for copy in copies]


def _outline(
    copy: Copy,
    at: datetime,
    *,
    is_current: bool | None = None,
    counts: Mapping[str, int] | None = None,
) -> CopyOutline:
    return CopyOutline(
        program_key=copy.program.key,
        kind=EnrollmentKind(copy.kind),
        rows=copy.rows,
        digest=copy.digest,
        proven_at=copy.proven_at,
        used_at=copy.used_at,
        age_seconds=max(0, int((at - copy.proven_at).total_seconds())),
        is_current=is_current,
        counts=counts,
    )


def _count(copies: Sequence[Copy]) -> Mapping[int, Mapping[str, int]]:
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = CopiedRow.objects.filter(copy__in=copies).values_list("copy_id", "status")
    for copy_id, status, count in rows.annotate(Count("student_key")).order_by(
        "copy_id", "status"
    ):
        counts[copy_id][status] = count
    return counts


def _find_current(copies: Sequence[Copy]) -> Mapping[int, bool]:
    """Ask which copies are what the LMS holds; of those it says nothing of, nothing is known."""
    if not copies:
        return {}
    try:
        with reaching_lms(patiently=False) as lms:
            return {copy.pk: _is_current(lms, copy) for copy in copies}
    except Unavailable:
        return {}


def _is_current(lms: Lms, copy: Copy) -> bool:
    try:
        said = lms.get_digest(copy.program.key, EnrollmentKind(copy.kind))
    except LmsNotFound:
        return False
    return said.digest == copy.digest
