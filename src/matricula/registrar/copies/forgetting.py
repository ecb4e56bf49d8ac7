"""Forgetting copies: at once, when nobody has used them for long, and when there are too many."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.copies.locking import lock_copy
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_permission

# Those that were not used since, and of the rest, from the one used last on, those beyond the rows
# that all may have together.
SUPERFLUOUS = """
SELECT id FROM (
    SELECT id, used_at, sum(rows) OVER (ORDER BY used_at DESC, id DESC) AS rows_so_far FROM copy
) AS counted
WHERE used_at < %(since)s OR rows_so_far > %(rows)s
"""


def forget_copies(*, program: Program | None, by: Actor) -> int:
    """Forget the copies of a program, or of all with None; return how many.

    Raises:
        PermissionMissing: the actor may not.
    """
    require_permission(by, Permission.COPIES_KEEP)
    copies = Copy.objects.select_related("program")
    return _forget(copies.all() if program is None else copies.filter(program=program))


def forget_superfluous_copies(*, by: Actor, at: datetime) -> int:
    """Forget copies that nobody has used for long, and beyond what is set those used least lately.

    Raises:
        PermissionMissing: the actor may not.
    """
    require_permission(by, Permission.COPIES_KEEP)
    limits: dict[str, Any] = {
        "since": at - timedelta(days=settings.COPY_DAYS),
        "rows": settings.COPY_ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(SUPERFLUOUS, limits)
        ids = [pk for (pk,) in cursor.fetchall()]
    return _forget(Copy.objects.select_related("program").filter(pk__in=ids))


def forget_copy(copy: Copy) -> int:
    """Forget a copy, for who has the permission; return whether it was there, as 1 or 0."""
    return _forget([copy])


def _forget(copies: Iterable[Copy]) -> int:
    """Forget each by itself, behind whoever is at it."""
    count = 0
    for copy in copies:
        with transaction.atomic():
            lock_copy(copy.program, EnrollmentKind(copy.kind))
            CopiedRow.objects.filter(copy=copy).delete()
            count += Copy.objects.filter(pk=copy.pk).delete()[0]
    return count
