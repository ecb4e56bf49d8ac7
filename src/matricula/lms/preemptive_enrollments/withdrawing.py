"""Taking back what waits: withdrawn by choice, or expired by age.

Whoever proves their name at the same moment either comes first, and keeps what was made for them,
or comes second and finds nothing; never half of it.
"""

from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, PermissionMissing, list_permitted_organizations
from matricula.lms.identities.api import require_reason
from matricula.lms.kernel.api import Actor, Invalid, Lock, lock_until_commit
from matricula.lms.ledger.api import recorded
from matricula.lms.preemptive_enrollments.listing import CHOSEN, Waiting, choice_params

LONGEST_DAYS = 36_500
"""An age beyond all records; the calendar ends not far beyond it."""


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
CHOOSE = (
    CHOSEN
    + """
SELECT (SELECT coalesce(array_agg(id), '{}') FROM chosen_program),
       (SELECT coalesce(array_agg(id), '{}') FROM chosen_direct)
"""
)

DELETE_ROLES = """
DELETE FROM course_role AS role
WHERE role.program_enrollment_id = ANY(%(program_enrollment_ids)s)
   OR role.id IN (
       SELECT direct.id
       FROM course_enrollment g
       JOIN course_role direct ON direct.identity_id = g.identity_id
           AND direct.course_run_id = g.course_run_id AND direct.program_enrollment_id IS NULL
       WHERE g.id = ANY(%(direct_ids)s)
   )
"""

DELETE_GRANTS = """
DELETE FROM course_enrollment
WHERE program_enrollment_id = ANY(%(program_enrollment_ids)s) OR id = ANY(%(direct_ids)s)
"""

DELETE_ENROLLMENTS = """
DELETE FROM program_enrollment WHERE id = ANY(%(program_enrollment_ids)s)
"""


def withdraw_waiting(
    *, which: Waiting, by: Actor, at: datetime, reason: str, is_plan: bool = False
) -> TakenBack:
    """Delete the chosen waiting enrollments with their courses and roles.

    A plan undoes it at the end, and tells what it would be.

    Raises:
        NothingChosen: neither program nor organization nor names were given.
        PermissionMissing: the actor may write enrollments of no organization.
        ReasonMissing: there is no reason.
    """
    permitted = _require_writing(by)
    require_reason(reason)
    if which.program_id is None and which.organization_id is None and which.names is None:
        raise NothingChosen(_("Say which: a program, an organization, or names."))
    return _take_back(which, permitted, by=by, at=at, reason=reason, is_plan=is_plan)


def expire_waiting(
    *,
    which: Waiting,
    days: int,
    by: Actor,
    at: datetime,
    reason: str = "",
    is_plan: bool = False,
) -> TakenBack:
    """Delete chosen waiting enrollments in which nothing was written for so many days.

    A course written yesterday keeps its whole program enrollment. A plan as in withdrawing.

    Raises:
        Invalid: the number of days is not between 1 and ``LONGEST_DAYS``.
        PermissionMissing: the actor may write enrollments of no organization.
    """
    permitted = _require_writing(by)
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(
            _("The age must be between 1 and %(longest_days)s days.")
            % {"longest_days": LONGEST_DAYS}
        )
    aged = msgspec.structs.replace(which, unchanged_since=at - timedelta(days=days))
    reason = reason or f"unchanged for {days} days"
    return _take_back(aged, permitted, by=by, at=at, reason=reason, is_plan=is_plan)


def _require_writing(by: Actor) -> frozenset[int] | None:
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_WRITE)
    if permitted is not None and not permitted:
        raise PermissionMissing(f"{by.name} may not {Permission.ENROLLMENTS_WRITE} anywhere.")
    return permitted


def _take_back(
    which: Waiting,
    permitted: frozenset[int] | None,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    is_plan: bool,
) -> TakenBack:
    params = choice_params(which, permitted)
    with recorded(by=by, at=at, reason=reason), connection.cursor() as cursor:
        cursor.execute(LOCKABLE, params)
        (programs, _), (_, course_runs) = cursor.fetchall()
        locked = {"among_programs": programs or [], "among_runs": course_runs or []}
        lock_until_commit(Lock.PROGRAM, locked["among_programs"])
        lock_until_commit(Lock.DIRECT_ENROLLMENTS, locked["among_runs"])
        params |= locked
        cursor.execute(LOCK_IDENTITIES, params)
        cursor.execute(CHOOSE, params)
        program_enrollment_ids, direct_ids = cursor.fetchone()
        chosen = {"program_enrollment_ids": program_enrollment_ids, "direct_ids": direct_ids}
        roles = cursor.execute(DELETE_ROLES, chosen).rowcount
        grants = cursor.execute(DELETE_GRANTS, chosen).rowcount
        enrollments = cursor.execute(DELETE_ENROLLMENTS, chosen).rowcount
        if is_plan:
            transaction.set_rollback(True)
        return TakenBack(enrollments, grants, roles)
