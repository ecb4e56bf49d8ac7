"""Recording grades, many at once."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.kernel.api import Actor, stage

COLUMNS = {
    "account_id": "bigint",
    "course_run_id": "bigint",
    "percent": "text",
    "letter": "text",
    "is_passing": "boolean",
}

RECORD = """
WITH recorded AS (
    INSERT INTO grade (account_id, course_run_id, percent, letter, is_passing, graded_at)
    SELECT account_id, course_run_id, percent::numeric, letter, is_passing, %(at)s
    FROM {incoming} AS r
    ORDER BY account_id, course_run_id
    ON CONFLICT (account_id, course_run_id) DO UPDATE
    SET percent = excluded.percent, letter = excluded.letter,
        is_passing = excluded.is_passing, graded_at = excluded.graded_at
    WHERE (grade.percent, grade.letter, grade.is_passing)
        IS DISTINCT FROM (excluded.percent, excluded.letter, excluded.is_passing)
    RETURNING 1
)
SELECT count(*) FROM recorded
"""


class EarnedGrade(msgspec.Struct, frozen=True, gc=False):
    """What an account earned in a run; ``percent`` from 0 to 1, None if unknown."""

    account_id: int
    course_run_id: int
    letter: str
    is_passing: bool
    percent: Decimal | None = None


def record_grades(*, grades: Sequence[EarnedGrade], by: Actor, at: datetime) -> int:
    """Store grades in one statement, and return how many were new or changed.

    Of one account's grade in one run the last one stays. No two of a call may be for the same
    account and run.

    Raises:
        PermissionMissing: the actor may not write grades.
    """
    require_permission(by, Permission.GRADES_WRITE)
    if not grades:
        return 0
    values: dict[str, Sequence[Any]] = {
        "account_id": [grade.account_id for grade in grades],
        "course_run_id": [grade.course_run_id for grade in grades],
        "percent": [None if grade.percent is None else str(grade.percent) for grade in grades],
        "letter": [grade.letter for grade in grades],
        "is_passing": [grade.is_passing for grade in grades],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        staged = stage(cursor, name="grades", columns=COLUMNS, values=values)
        cursor.execute(RECORD.format(incoming=staged.relation), {**staged.params, "at": at})
        count: int = cursor.fetchone()[0]
        return count
