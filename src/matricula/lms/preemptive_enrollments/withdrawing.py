"""Taking back what waits: withdrawn by choice, or expired by age.

Whoever proves their name at the same moment either comes first, and keeps what was made for them,
or comes second and finds nothing; never half of it.
"""

from datetime import datetime, timedelta

import msgspec
from django.db import connection

from matricula.lms.access.api import Permission, PermissionMissing, list_permitted_organizations
from matricula.lms.identities.api import require_reason
from matricula.lms.kernel.api import Actor, Invalid, Lock, lock_until_commit
from matricula.lms.ledger.api import recorded
from matricula.lms.preemptive_enrollments.listing import CHOSEN, Waiting, choice_params


class NothingChosen(Invalid):
    """Withdrawing needs to be told whose, or of which program or organization."""

    code = "nothing-chosen"


class TakenBack(msgspec.Struct, frozen=True):
    """How many rows were deleted; the ledger has each of them."""

    program_enrollments: int
    course_enrollments: int
    course_roles: int


LOCKABLE = (
    CHOSEN
    + """
SELECT array_agg(DISTINCT program_id), NULL::bigint[] FROM chosen_program
UNION ALL
SELECT NULL, array_agg(DISTINCT course_run_id) FROM chosen_direct
"""
)

# In the order in which every writer goes through identities.
LOCK_IDENTITIES = (
    CHOSEN
    + """
SELECT count(*) FROM (
    SELECT 1 FROM identity
    WHERE id IN (
        SELECT identity_id FROM chosen_program UNION SELECT identity_id FROM chosen_direct
    )
    ORDER BY kind, organization_id, folded COLLATE "C"
    FOR NO KEY UPDATE
) AS locked
"""
)

# The choice is made anew: whoever was bound while the locks were waited for is out of it.
TAKE_BACK = (
    CHOSEN
    + """,
roles AS (
    DELETE FROM course_role AS role
    WHERE role.program_enrollment_id IN (SELECT id FROM chosen_program)
       OR role.program_enrollment_id IS NULL
          AND (role.identity_id, role.course_run_id)
              IN (SELECT identity_id, course_run_id FROM chosen_direct)
    RETURNING 1
),
grants AS (
    DELETE FROM course_enrollment
    WHERE program_enrollment_id IN (SELECT id FROM chosen_program)
       OR id IN (SELECT id FROM chosen_direct)
    RETURNING 1
),
enrollments AS (
    DELETE FROM program_enrollment WHERE id IN (SELECT id FROM chosen_program) RETURNING 1
)
SELECT (SELECT count(*) FROM enrollments), (SELECT count(*) FROM grants),
       (SELECT count(*) FROM roles)
"""
)


def withdraw_waiting(*, which: Waiting, by: Actor, at: datetime, reason: str) -> TakenBack:
    """Delete the chosen waiting enrollments with their courses and roles.

    Raises:
        NothingChosen: neither program nor organization nor names were given.
        PermissionMissing: the actor may write enrollments of no organization.
        ReasonMissing: there is no reason.
    """
    permitted = _require_writing(by)
    require_reason(reason)
    if which.program_id is None and which.organization_id is None and which.folded is None:
        raise NothingChosen("Say which: a program, an organization, or names.")
    return _take_back(which, permitted, by=by, at=at, reason=reason)


def expire_waiting(
    *, which: Waiting, days: int, by: Actor, at: datetime, reason: str = ""
) -> TakenBack:
    """Delete chosen waiting enrollments in which nothing was written for so many days.

    A course written yesterday keeps its whole program enrollment (lms-v1 W30).

    Raises:
        Invalid: the number of days is not positive.
        PermissionMissing: the actor may write enrollments of no organization.
    """
    permitted = _require_writing(by)
    if days < 1:
        raise Invalid("The age must be at least one day.")
    aged = msgspec.structs.replace(which, unchanged_since=at - timedelta(days=days))
    reason = reason or f"unchanged for {days} days"
    return _take_back(aged, permitted, by=by, at=at, reason=reason)


def _require_writing(by: Actor) -> frozenset[int] | None:
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_WRITE)
    if permitted is not None and not permitted:
        raise PermissionMissing(f"{by.name} may not {Permission.ENROLLMENTS_WRITE} anywhere.")
    return permitted


def _take_back(
    which: Waiting, permitted: frozenset[int] | None, *, by: Actor, at: datetime, reason: str
) -> TakenBack:
    params = choice_params(which, permitted)
    with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
        cursor.execute(LOCKABLE, params)
        (programs, _), (_, course_runs) = cursor.fetchall()
        lock_until_commit(Lock.PROGRAM, programs or [])
        lock_until_commit(Lock.DIRECT_ENROLLMENTS, course_runs or [])
        cursor.execute(LOCK_IDENTITIES, params)
        cursor.execute(TAKE_BACK, params)
        return TakenBack(*cursor.fetchone())
