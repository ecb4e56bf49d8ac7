"""Allowing an e-mail address into a course run: a direct grant, before the account or after.

An active one is the enrollment itself as soon as somebody proves the address. An inactive one lets
them enroll themselves, whatever the time and without another invitation.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import describe_course_run, get_course_run
from matricula.lms.course_enrollments.api import (
    DirectRow,
    choose_default_mode,
    write_direct_enrollments,
)
from matricula.lms.identities.api import IdentityName, InvalidName, find_address
from matricula.lms.kernel.api import (
    Action,
    Actor,
    Conflict,
    Lock,
    NotFound,
    WriteMode,
    lock_until_commit,
    quote,
)
from matricula.lms.ledger.api import recorded


class AlreadyAllowed(Conflict):
    """The address is allowed into the course run already."""

    code = "already-allowed"


class NotAllowedIn(NotFound):
    """The address is not allowed into the course run."""

    code = "not-allowed-in"


class Allowance(msgspec.Struct, frozen=True):
    """That an address is allowed in; ``username`` is of whoever has proven it."""

    address: str
    course_run: str
    is_active: bool
    username: str | None
    created_at: datetime


ALLOWANCES = """
SELECT i.value, run.key, g.is_active, account.username, g.created_at
FROM identity i
JOIN course_enrollment g ON g.identity_id = i.id AND g.program_enrollment_id IS NULL
JOIN course_run run ON run.id = g.course_run_id
LEFT JOIN account ON account.id = i.account_id
WHERE i.kind = 'email' AND i.organization_id IS NULL
  AND (i.folded = ANY(%(folded)s) OR i.account_id = %(account_id)s::bigint)
ORDER BY g.created_at, g.id
"""

DELETE = """
DELETE FROM course_enrollment
WHERE course_run_id = %(course_run_id)s AND program_enrollment_id IS NULL AND identity_id = (
    SELECT id FROM identity
    WHERE kind = 'email' AND organization_id IS NULL AND folded = %(folded)s
)
"""


def list_allowances(
    *, addresses: Iterable[str] = (), account_id: int | None = None, by: Actor
) -> list[Allowance]:
    """Return what the addresses, and those of an account, are allowed into; the oldest first.

    Raises:
        PermissionMissing: the actor may not read enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_READ)
    params: dict[str, Any] = {
        "folded": [name.folded for each in addresses if (name := find_address(each))],
        "account_id": account_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(ALLOWANCES, params)
        return [Allowance(*row) for row in cursor.fetchall()]


def allow_enrollment(
    *, address: str, course_run: str, is_active: bool, by: Actor, at: datetime
) -> Allowance:
    """Allow an address into a course run, in the run's default mode, and return it.

    Raises:
        AlreadyAllowed: it is.
        InvalidName: that is no address.
        PermissionMissing: the actor may not write enrollments everywhere.
        UnknownCourseRun: there is none of that key.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE)
    name = _require_address(address)
    run = describe_course_run(key=course_run)
    mode = choose_default_mode(run.modes, at=at)
    row = DirectRow(1, name, run.id, mode, is_active)
    [judged] = write_direct_enrollments(rows=[row], mode=WriteMode.CREATE, by=by, at=at)
    if judged.action is Action.REFUSE:
        raise AlreadyAllowed(f"{quote(name.stored)} is allowed into {course_run} already.")
    made = list_allowances(addresses=[address], by=by)
    return next(each for each in made if each.course_run == run.key)


def disallow_enrollment(*, address: str, course_run: str, by: Actor, at: datetime) -> None:
    """Take back that an address is allowed into a course run, and the seat that it gives.

    Raises:
        InvalidName: that is no address.
        NotAllowedIn: it is not allowed in.
        PermissionMissing: the actor may not write enrollments everywhere.
        UnknownCourseRun: there is none of that key.
    """
    require_permission(by, Permission.ENROLLMENTS_WRITE)
    name = _require_address(address)
    run_id = get_course_run(key=course_run).id
    params: dict[str, Any] = {"course_run_id": run_id, "folded": name.folded}
    with transaction.atomic():
        lock_until_commit(Lock.DIRECT_ENROLLMENTS, [run_id])
        with recorded(by=by, at=at), connection.cursor() as cursor:
            if not cursor.execute(DELETE, params).rowcount:
                raise NotAllowedIn(f"{quote(name.stored)} is not allowed into {course_run}.")


def _require_address(text: str) -> IdentityName:
    name = find_address(text)
    if name is None:
        raise InvalidName(f"{quote(text)} is no e-mail address.")
    return name
