"""Comparing a school's file with a copy, before anything is sent.

The LMS alone decides; what is said here is as good as the copy, and says how good that is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog
from django.db import connection, transaction

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.catalog.api import CourseRun, recall_courses
from matricula.registrar.copies.locking import lock_copy
from matricula.registrar.copies.missing import TakeMissing, hand_over_missing
from matricula.registrar.copies.models import Copy
from matricula.registrar.copies.refreshing import prove_copy
from matricula.registrar.copies.staging import SentRow, stage_rows
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_program_permission
from matricula.service.refusals import Unavailable

SOURCE = "copy"
EXAMPLES = 5
NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
MISSING = "missing"

PROGRAM, COURSE = EnrollmentKind.PROGRAM_ENROLLMENTS, EnrollmentKind.COURSE_ENROLLMENTS
_NEEDED = {PROGRAM: [PROGRAM], COURSE: [PROGRAM, COURSE]}
"""Copies by kind of file: one of courses names students who must be in the program."""

# Each row of the file meets the copy by one probe, in any plan (ADR 0005). A row names no
# curriculum: it changes something unless all that the student has there are so already. Whoever is
# named by a row, however wrong it is, is not missing. In one statement: all is of one moment.
COMPARE = """
WITH sent AS MATERIALIZED (
    SELECT line, folded, course_run, status, course_staff,
           encode(substr(sha256(convert_to(folded, 'UTF8')), 1, 1), 'hex') AS bucket,
           row_number() OVER same = 1 AS is_first,
           CASE
               WHEN fault <> '' THEN fault
               WHEN count(*) FILTER (WHERE fault = '') OVER same > 1 THEN 'duplicated'
               ELSE doubt
           END AS verdict
    FROM pg_temp.compared_row WINDOW same AS (PARTITION BY folded, course_run)
), judged AS MATERIALIZED (
    SELECT sent.line, sent.is_first, stored.statuses,
           sent.status IN ('canceled', 'inactive') AND stored.is_moved AS is_canceled,
           CASE
               WHEN sent.verdict <> '' THEN sent.verdict
               WHEN %(is_course)s AND student.is_there IS NULL THEN 'not-in-program'
               WHEN stored.is_same IS NULL THEN 'new'
               WHEN stored.is_same THEN 'unchanged'
               ELSE 'changed'
           END AS word
    FROM sent
    LEFT JOIN LATERAL (
        SELECT true AS is_there FROM copied_row
        WHERE %(is_course)s AND copy_id = %(program_copy_id)s
          AND bucket = sent.bucket AND folded = sent.folded
        LIMIT 1
    ) AS student ON true
    LEFT JOIN LATERAL (
        SELECT bool_and(
            status = sent.status
            AND (sent.course_staff IS NULL OR course_staff = sent.course_staff)
        ) AS is_same, bool_or(status <> sent.status) AS is_moved, array_agg(status) AS statuses
        FROM copied_row
        WHERE copy_id = %(copy_id)s AND bucket = sent.bucket AND folded = sent.folded
          AND course_run = sent.course_run
    ) AS stored ON true
), named AS (
    SELECT status, count(*) AS rows
    FROM judged, unnest(statuses) AS status WHERE is_first GROUP BY status
), held AS (
    SELECT status, count(*) AS rows FROM copied_row
    WHERE copy_id = %(copy_id)s AND (NOT %(is_course)s OR course_run = ANY(%(course_runs)s))
    GROUP BY status
)
SELECT word, '', count(*), (array_agg(line ORDER BY line))[:%(examples)s],
       count(*) FILTER (WHERE is_canceled)
FROM judged GROUP BY word
UNION ALL
SELECT 'missing', status, held.rows - coalesce(named.rows, 0), '{}', held.rows
FROM held LEFT JOIN named USING (status)
"""

log = structlog.get_logger("matricula.copy")


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a file would do to what a copy has. It says lines, and nobody's key.

    ``size`` is how many enrollments of the copy the file is about: all of the program, or those in
    the courses that it names. ``canceled`` are among those ``changed``. Nothing becomes of those
    ``missing`` in the file. ``wrong`` is by verdict, ``examples`` by verdict or by what else is
    counted. The copy was last proven at ``proven_at``.
    """

    source: str = SOURCE
    is_current: bool
    proven_at: datetime
    copy_age_seconds: int
    size: int
    rows: int
    new: int
    changed: int
    canceled: int
    unchanged: int
    missing: int
    missing_by_status: dict[str, int]
    wrong: dict[str, int]
    examples: dict[str, list[int]]


def compare_upload(
    *,
    program: Program,
    kind: EnrollmentKind,
    rows: Iterable[SentRow],
    by: Actor,
    at: datetime,
    take_missing: TakeMissing | None = None,
) -> Comparison:
    """Say what a file would do, after proving the copy.

    If the LMS is away, an older copy is taken, and ``is_current`` says so. The rows are read once.
    ``take_missing`` is given the rows that are missing, of the same moment as what is counted.

    Raises:
        CopyTooLarge: there is no copy of so large a program.
        PermissionMissing: the actor may not write the program's enrollments.
        Unavailable: there is no copy, and the LMS cannot be read.
        UnknownProgram: the LMS no longer has the program.
    """
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=program)
    proven = [_prove(program, each, at) for each in _NEEDED[kind]]
    course_runs = recall_courses(program=program, at=at).runs if kind is COURSE else ()
    with transaction.atomic():
        return _compare(
            program,
            kind,
            rows,
            course_runs,
            is_current=all(proven),
            at=at,
            take_missing=take_missing,
        )


def _prove(program: Program, kind: EnrollmentKind, at: datetime) -> bool:
    try:
        prove_copy(program=program, kind=kind, at=at)
    except Unavailable as trouble:
        if not Copy.objects.filter(program=program, kind=kind.value).exists():
            raise
        log.warning("copy not refreshed", program=program.pk, kind=kind, reason=trouble.code)
        return False
    return True


def _compare(
    program: Program,
    kind: EnrollmentKind,
    rows: Iterable[SentRow],
    course_runs: Sequence[CourseRun],
    *,
    is_current: bool,
    at: datetime,
    take_missing: TakeMissing | None,
) -> Comparison:
    with connection.cursor() as cursor:
        staged = stage_rows(cursor, kind=kind, rows=rows, course_runs=course_runs)
        copies = _hold_copies(program, kind, at)
        params: dict[str, Any] = {
            "copy_id": copies[kind].pk,
            "program_copy_id": copies[PROGRAM].pk,
            "is_course": kind is COURSE,
            "course_runs": list(staged.course_runs),
            "examples": EXAMPLES,
        }
        cursor.execute(COMPARE, params)
        told = _tell(
            cursor.fetchall(),
            rows=staged.rows,
            is_current=is_current,
            proven_at=min(copy.proven_at for copy in copies.values()),
            at=at,
        )
        if take_missing is not None and told.missing:
            hand_over_missing(cursor, take_missing, params)
        elif take_missing is not None:
            take_missing(iter(()))
    return told


def _hold_copies(program: Program, kind: EnrollmentKind, at: datetime) -> dict[str, Copy]:
    """Return the copies as they stay until the transaction ends."""
    for each in _NEEDED[kind]:
        lock_copy(program, each, is_shared=True)
    used = Copy.objects.filter(program=program, kind__in=[each.value for each in _NEEDED[kind]])
    used.update(used_at=at)
    return {copy.kind: copy for copy in used}


def _tell(
    found: Sequence[tuple[str, str, int, list[int], int]],
    *,
    rows: int,
    is_current: bool,
    proven_at: datetime,
    at: datetime,
) -> Comparison:
    counts = {word: count for word, status, count, _, _ in found if word != MISSING}
    missing = {status: count for word, status, count, _, _ in found if word == MISSING}
    return Comparison(
        is_current=is_current,
        proven_at=proven_at,
        copy_age_seconds=max(0, int((at - proven_at).total_seconds())),
        size=sum(size for word, *_, size in found if word == MISSING),
        rows=rows,
        new=counts.pop(NEW, 0),
        changed=counts.pop(CHANGED, 0),
        canceled=sum(canceled for word, *_, canceled in found if word == CHANGED),
        unchanged=counts.pop(UNCHANGED, 0),
        missing=sum(missing.values()),
        missing_by_status={status: count for status, count in missing.items() if count},
        wrong=counts,
        examples={word: lines for word, _, _, lines, _ in found if word != MISSING},
    )
