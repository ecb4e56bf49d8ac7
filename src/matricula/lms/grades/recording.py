"""Recording grades, many at once."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import UnknownAccount
from matricula.lms.catalog.api import UnknownCourseRun
from matricula.lms.kernel.api import Actor, Invalid, Source, stage


class InvalidPercent(Invalid):
    """A percent is not from 0 to 1."""

    code = "invalid-percent"


class RepeatedGrade(Invalid):
    """One call has two grades of one account in one run."""

    code = "repeated-grade"


COLUMNS = {
    "account_id": "bigint",
    "course_run_id": "bigint",
    "percent": "text",
    "letter": "text",
    "is_passing": "boolean",
}

# Nothing is written if an account or a run is unknown; the answer names the first of them. The
# lock is that of the foreign key, only sooner: while accounts are being merged it waits, and then
# sees into which one. Of two accounts of one person the better grade stays, as in MOVE.
RECORD = """
WITH judged AS MATERIALIZED (
    SELECT r.*, a.graded_id, a.graded_id IS NULL AS lacks_account, c.id IS NULL AS lacks_run
    FROM (SELECT * FROM {incoming} AS given ORDER BY account_id) AS r
    LEFT JOIN LATERAL (
        SELECT coalesce(merged_into_id, id) AS graded_id
        FROM account WHERE id = r.account_id LIMIT 1 FOR KEY SHARE
    ) AS a ON true
    LEFT JOIN LATERAL (SELECT id FROM course_run WHERE id = r.course_run_id LIMIT 1) AS c ON true
),
recorded AS (
    INSERT INTO grade (account_id, course_run_id, percent, letter, is_passing, graded_at)
    SELECT DISTINCT ON (graded_id, course_run_id)
        graded_id, course_run_id, percent::numeric, letter, is_passing, %(at)s
    FROM judged
    WHERE NOT EXISTS (SELECT FROM judged WHERE lacks_account OR lacks_run)
    ORDER BY graded_id, course_run_id, is_passing DESC, percent::numeric DESC NULLS LAST
    ON CONFLICT (account_id, course_run_id) DO UPDATE
    SET percent = excluded.percent, letter = excluded.letter,
        is_passing = excluded.is_passing, graded_at = excluded.graded_at
    WHERE (grade.percent, grade.letter, grade.is_passing)
        IS DISTINCT FROM (excluded.percent, excluded.letter, excluded.is_passing)
    RETURNING 1
)
SELECT
    (SELECT count(*) FROM recorded),
    (SELECT min(account_id) FROM judged WHERE lacks_account),
    (SELECT min(course_run_id) FROM judged WHERE lacks_run)
"""


class EarnedGrade(msgspec.Struct, frozen=True, gc=False):
    """What an account earned in a run; ``percent`` from 0 to 1, None if unknown."""

    account_id: int
    course_run_id: int
    letter: str
    is_passing: bool
    percent: Decimal | None = None


def record_grades(*, grades: Sequence[EarnedGrade], by: Actor, at: datetime) -> int:
    """Store grades in one statement, all or none, and return how many were new or changed.

    Of one account's grade in one run the last one stays. One for an account that was merged is of
    the account that its person goes on with.

    Raises:
        InvalidPercent: a percent is not from 0 to 1.
        PermissionMissing: the actor may not write grades.
        RepeatedGrade: two grades are of the same account in the same run.
        UnknownAccount: there is no such account.
        UnknownCourseRun: there is no such course run.
    """
    require_permission(by, Permission.GRADES_WRITE)
    _require_possible(grades)
    if not grades:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        staged = _stage(cursor, grades)
        cursor.execute(RECORD.format(incoming=staged.relation), {**staged.params, "at": at})
        count, unknown_account, unknown_run = cursor.fetchone()
    if unknown_account is not None:
        raise UnknownAccount(f"There is no account {unknown_account}.")
    if unknown_run is not None:
        raise UnknownCourseRun(f"There is no course run {unknown_run}.")
    return int(count)


def _require_possible(grades: Sequence[EarnedGrade]) -> None:
    seen: set[tuple[int, int]] = set()
    for grade in grades:
        whose = f"account {grade.account_id} in course run {grade.course_run_id}"
        if not _is_possible(grade.percent):
            raise InvalidPercent(f"{grade.percent} is no percent from 0 to 1, of {whose}.")
        if (key := (grade.account_id, grade.course_run_id)) in seen:
            raise RepeatedGrade(f"One call cannot record two grades of {whose}.")
        seen.add(key)


def _is_possible(percent: Decimal | None) -> bool:
    # Not a number is neither more nor less than anything, and to compare it fails.
    return percent is None or (percent.is_finite() and 0 <= percent <= 1)


def _stage(cursor: CursorWrapper, grades: Sequence[EarnedGrade]) -> Source:
    values: dict[str, Sequence[Any]] = {
        "account_id": [grade.account_id for grade in grades],
        "course_run_id": [grade.course_run_id for grade in grades],
        "percent": [None if grade.percent is None else str(grade.percent) for grade in grades],
        "letter": [grade.letter for grade in grades],
        "is_passing": [grade.is_passing for grade in grades],
    }
    return stage(cursor, name="grades", columns=COLUMNS, values=values)
