"""One at a time: the same models, saved row by row with the ORM and the ledger.

Twenty-five rows share a transaction and a change set, as in edX's calls; that is kinder than one
for each row. A row is looked for before it is made, and saved only if it is new or has changed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseEnrollment, CourseRow
from matricula.lms.identities.api import Identity, Kind
from matricula.lms.kernel.api import fold
from matricula.lms.ledger.api import recorded
from matricula.lms.program_enrollments.api import ProgramEnrollment, ProgramRow
from tests.given import NOW, OPERATOR

CALL = 25

Row = TypeVar("Row")


def save_program_rows(program: ProgramOutline, rows: Sequence[ProgramRow]) -> None:
    """Write rows of a program's roster."""
    _save_each(rows, lambda row: _save_program_row(program, row))


def save_course_rows(program: ProgramOutline, rows: Sequence[CourseRow]) -> None:
    """Write rows of a program's course roster."""
    _save_each(rows, lambda row: _save_course_row(program, row))


def _save_each(rows: Sequence[Row], save: Callable[[Row], None]) -> None:
    for call in _calls(rows):
        with recorded(by=OPERATOR, at=NOW):
            for row in call:
                save(row)


def _calls(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), CALL):
        yield rows[start : start + CALL]


def _find_identity(program: ProgramOutline, key: str) -> Identity:
    name = {"kind": Kind.STUDENT_KEY, "organization_id": program.organization_id}
    folded = fold(key)
    with suppress(Identity.DoesNotExist):
        return Identity.objects.get(folded=folded, **name)
    identity = Identity(value=key, folded=folded, **name)
    identity.save()
    return identity


def _save_program_row(program: ProgramOutline, row: ProgramRow) -> None:
    named = {
        "identity": _find_identity(program, row.student_key),
        "curriculum_id": program.active_curriculum_id,
    }
    enrollment = ProgramEnrollment.objects.filter(**named).first()
    if enrollment is None:
        enrollment = ProgramEnrollment(**named, program_id=program.id, created_at=NOW)
    elif enrollment.status == row.status:
        return
    enrollment.status = row.status
    enrollment.modified_at = NOW
    enrollment.save()


def _save_course_row(program: ProgramOutline, row: CourseRow) -> None:
    admitted: dict[str, Any] = {
        "identity": _find_identity(program, row.student_key),
        "curriculum_id": program.active_curriculum_id,
    }
    named = {
        "identity": admitted["identity"],
        "course_run_id": program.run_ids[row.course_id],
        "program_enrollment": ProgramEnrollment.objects.get(**admitted),
    }
    is_active = row.status == "active"
    grant = CourseEnrollment.objects.filter(**named).first()
    if grant is None:
        grant = CourseEnrollment(**named, mode=program.mode, created_at=NOW)
    elif grant.is_active == is_active:
        return
    grant.is_active = is_active
    grant.modified_at = NOW
    grant.save()
