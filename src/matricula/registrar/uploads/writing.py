"""Writing a few rows while somebody waits: one call to the LMS, under the program's write lock."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from matricula.lms_client.api import (
    Lms,
    LmsBroken,
    LmsRefused,
    Mode,
    RosterAnswer,
    Row,
    RowAnswer,
)
from matricula.registrar.jobs.api import writing_alone
from matricula.registrar.kernel.api import Actor, LmsIsBusy, LmsIsUnreachable, reaching_lms
from matricula.registrar.partners.api import Permission, Program, require_program_permission
from matricula.service.folding import fold
from matricula.service.refusals import Invalid

BUDGET_SECONDS = 10.0
"""So long the LMS is tried; what is sent again has the same key, and is not done twice."""
PAUSE_SECONDS = 0.5
WRITTEN = {"create", "update", "unchanged", "write"}


class RowsNotTaken(Invalid):
    """The LMS refuses the rows as a whole."""

    code = "refused-by-lms"


def write_rows(
    *, program: Program, rows: Sequence[Row], mode: Mode, by: Actor
) -> Sequence[RowAnswer]:
    """Write a few rows of one kind, and return the answer to each.

    Raises:
        JobInProgress: a job writes to the program.
        PermissionMissing: the actor may not write the program's enrollments.
        RowsNotTaken: the LMS wants none of them.
        Unavailable: the LMS cannot be had; the rows may have been written.
    """
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=program)
    key = f"registrar-{uuid4()}"
    reason = f"Registrar request {by.request_id or key} of {by.name}"
    deadline = time.monotonic() + BUDGET_SECONDS
    with writing_alone(program=program):
        while True:
            try:
                with reaching_lms(patiently=False) as lms:
                    return _write(lms, program, rows, mode, reason=reason, key=key)
            except LmsRefused as refused:
                words = _("The LMS refuses these rows (%(code)s): %(refused)s") % {
                    "code": refused.code,
                    "refused": refused,
                }
                raise RowsNotTaken(words) from None
            except (LmsIsBusy, LmsIsUnreachable):
                if time.monotonic() + PAUSE_SECONDS > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)


def is_written(answer: RowAnswer) -> bool:
    """Tell whether a row is as it was asked for."""
    return answer.action in WRITTEN


def _write(
    lms: Lms, program: Program, rows: Sequence[Row], mode: Mode, *, reason: str, key: str
) -> Sequence[RowAnswer]:
    if settings.LMS_API == "v1":
        return list(_write_by_v1(lms, program, rows, mode))
    sent = lms.send_roster(program.key, rows, mode=mode, reason=reason, key=key)
    if not isinstance(sent, RosterAnswer) or len(sent.rows) != len(rows):
        raise LmsBroken(_("The LMS does not answer each of %(rows)s rows.") % {"rows": len(rows)})
    return sent.rows


def _write_by_v1(
    lms: Lms, program: Program, rows: Sequence[Row], mode: Mode
) -> Iterator[RowAnswer]:
    """Keep from it what would spoil the call for all rows."""
    times = Counter(fold(row.student_key) for row in rows)
    faults = {name: "duplicated" for name, number in times.items() if number > 1}
    faults[""] = "invalid-key"
    good = [row for row in rows if fold(row.student_key) not in faults]
    answers = lms.write_v1(program.uuid, good, mode=mode)
    for line, row in enumerate(rows, start=1):
        verdict = faults.get(fold(row.student_key))
        yield (
            next(answers)
            if verdict is None
            else RowAnswer(
                line=line, student_key=row.student_key, action="refuse", verdict=verdict
            )
        )
