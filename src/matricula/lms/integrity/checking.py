"""Checking the invariants: the command's ``fsck``, and the oracle of the tests."""

import msgspec
from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.integrity.invariants import INVARIANTS, Invariant
from matricula.lms.kernel.api import Actor

NAMED_ROWS = 10


class Finding(msgspec.Struct, frozen=True):
    """An invariant that was looked at; ``count`` rows of ``subject`` break it, some named."""

    invariant: str
    severity: str
    subject: str
    count: int
    ids: tuple[int, ...]


def check_integrity(*, by: Actor) -> list[Finding]:
    """Look at every invariant, on one snapshot, and write nothing.

    Inside somebody's transaction it sees what that one sees.

    Raises:
        PermissionMissing: the actor may not check.
    """
    require_permission(by, Permission.INTEGRITY_CHECK)
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return [_look_at(invariant) for invariant in INVARIANTS]


def _look_at(invariant: Invariant) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), (array_agg(id))[1:{NAMED_ROWS}] FROM ({invariant.sql}) AS broken"
        )
        count, ids = cursor.fetchone()
    return Finding(invariant.name, invariant.severity, invariant.subject, count, tuple(ids or ()))
