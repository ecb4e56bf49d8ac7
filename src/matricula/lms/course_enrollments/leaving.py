"""Leaving: what was granted to an account directly becomes inactive; what programs give stays."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import get_account
from matricula.lms.kernel.api import Actor, Lock, lock_until_commit
from matricula.lms.ledger.api import recorded

ACTIVE_RUNS = """
SELECT DISTINCT g.course_run_id
FROM identity i
JOIN course_enrollment g ON g.identity_id = i.id
WHERE i.account_id = %s AND g.program_enrollment_id IS NULL AND g.is_active
"""

LEAVE = """
WITH left_behind AS (
    UPDATE course_enrollment SET is_active = false, modified_at = %(at)s
    WHERE id = ANY(ARRAY(
        SELECT g.id
        FROM identity i
        JOIN LATERAL (
            SELECT id FROM course_enrollment
            WHERE identity_id = i.id AND course_run_id = ANY(%(run_ids)s)
              AND program_enrollment_id IS NULL AND is_active
            OFFSET 0
        ) AS g ON true
        WHERE i.account_id = %(account_id)s
    ))
    RETURNING course_run_id
)
SELECT DISTINCT run.key
FROM left_behind JOIN course_run run ON run.id = left_behind.course_run_id
ORDER BY run.key
"""


def unenroll_account(*, username: str, by: Actor, at: datetime, reason: str = "") -> list[str]:
    """Make every direct grant of an account inactive, and return the keys of the course runs.

    What programs grant is the schools'. Doing it again changes nothing.

    Raises:
        PermissionMissing: the actor may not retire accounts.
        UnknownAccount: there is none of that name.
    """
    require_permission(by, Permission.ACCOUNTS_RETIRE)
    account_id = get_account(username=username).pk
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ACTIVE_RUNS, [account_id])
            run_ids = [run_id for (run_id,) in cursor.fetchall()]
        if not run_ids:
            return []
        lock_until_commit(Lock.DIRECT_ENROLLMENTS, run_ids)
        return leave_runs(account_id=account_id, run_ids=run_ids, by=by, at=at, reason=reason)


def leave_runs(
    *, account_id: int, run_ids: Collection[int], by: Actor, at: datetime, reason: str = ""
) -> list[str]:
    """Make an account's direct grants in course runs inactive, for whoever has locked the runs.

    Returns the keys of the runs in which there were any.
    """
    params: dict[str, Any] = {"account_id": account_id, "run_ids": list(run_ids), "at": at}
    with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
        cursor.execute(LEAVE, params)
        return [key for (key,) in cursor.fetchall()]
