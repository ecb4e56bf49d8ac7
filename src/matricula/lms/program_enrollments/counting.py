"""Counting a program's enrollments by status over time, from the ledger."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection

from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.seeing import list_visible_organizations

MOST_MONTHS = 60
DECEMBER = 12


class CountedMonth(msgspec.Struct, frozen=True):
    """How many enrollments had which status at the end of a month in UTC, or now in this one."""

    month: str
    counts: dict[str, int]


# Each change of a row holds from its act to the row's next one. So it adds one in the first month
# at whose end it holds, and takes one away where the next begins: all changes are read once,
# however many months there are. From each row to its changes, and on to the acts, by probes, in
# any plan (ADR 0005), and in the order of the rows: neighbours meet the same pages, and of a
# million rows in no order each would read its own. What counts is when an act took place, as
# everywhere in `as of`.
STEPS = """
WITH member AS MATERIALIZED (
    SELECT id FROM program_enrollment WHERE program_id = %(program_id)s
    UNION
    SELECT row_id FROM change
    WHERE subject = 'program_enrollment' AND after IS NULL
      AND before -> 'program_id' = to_jsonb(%(program_id)s::bigint)
    ORDER BY 1
), held AS MATERIALIZED (
    SELECT step.status, width_bucket(act.at, %(ends)s::timestamptz[]) AS since,
           width_bucket(
               lead(act.at) OVER (PARTITION BY member.id ORDER BY act.at, step.id),
               %(ends)s::timestamptz[]
           ) AS until
    FROM member
    CROSS JOIN LATERAL (
        SELECT id, change_set_id, after ->> 'status' AS status FROM change
        WHERE row_id = member.id AND subject = 'program_enrollment' OFFSET 0
    ) AS step
    CROSS JOIN LATERAL (SELECT at FROM change_set WHERE id = step.change_set_id LIMIT 1) AS act
)
SELECT month, status, sum(difference)::bigint FROM (
    SELECT since AS month, status, 1 AS difference FROM held WHERE until IS DISTINCT FROM since
    UNION ALL
    SELECT until, status, -1 FROM held WHERE until IS DISTINCT FROM since
) AS stepped
WHERE status IS NOT NULL AND month < %(months)s
GROUP BY month, status
"""


def count_program_enrollments_by_month(
    *, program_id: int, months: int, at: datetime, by: Actor
) -> list[CountedMonth]:
    """Return how a program stood at the ends of so many months, the last one being this month.

    Months before there was anything are left out. One query after the permission, whose cost is
    that of the program's changes.

    Raises:
        PermissionMissing: the program is not one that the actor may read.
    """
    list_visible_organizations(by=by, program_id=program_id)
    begins = _list_months(months, at)
    params: dict[str, Any] = {
        "program_id": program_id,
        "months": months,
        # The end of a month is the beginning of the next one; of this month, what is later is not
        # yet: only an act that says so could be.
        "ends": [*begins[1:], at],
    }
    with connection.cursor() as cursor:
        cursor.execute(STEPS, params)
        steps = {(month, status): change for month, status, change in cursor.fetchall()}
    return _add_up(begins, steps)


def _list_months(months: int, at: datetime) -> list[datetime]:
    """Return the beginnings of months, the last one that of this month."""
    now = at.astimezone(UTC)
    first = now.year * DECEMBER + now.month - months
    return [
        datetime(number // DECEMBER, number % DECEMBER + 1, 1, tzinfo=UTC)
        for number in range(first, first + months)
    ]


def _add_up(begins: Sequence[datetime], steps: dict[tuple[int, str], int]) -> list[CountedMonth]:
    counts: dict[str, int] = {}
    counted: list[CountedMonth] = []
    for month, begin in enumerate(begins):
        for (stepped, status), change in steps.items():
            if stepped == month:
                counts[status] = counts.get(status, 0) + change
        there = {status: count for status, count in sorted(counts.items()) if count}
        if there or counted:
            counted.append(CountedMonth(f"{begin:%Y-%m}", there))
    return counted
