"""Resending: mail that was given up, because the mail server would not take it for hours."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from django.db import connection, transaction
from procrastinate.contrib.django import app

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.addresses.mailing import HAND_OVER
from matricula.lms.addresses.models import OutgoingMail
from matricula.lms.kernel.api import Actor

if TYPE_CHECKING:
    from procrastinate.types import JSONValue

AT_ONCE = 500


class GivenUpMail(msgspec.Struct, frozen=True):
    """A mail that nobody tries to hand over any more; of the address only the host is told."""

    id: int
    host: str
    subject: str
    made_at: datetime
    tries: int


# No job is left that would try: it has failed, or is gone.
GIVEN_UP = """
SELECT m.id, split_part(m.recipient, '@', 2), m.subject, m.made_at, m.tries
FROM outgoing_mail AS m
WHERE NOT EXISTS (
    SELECT FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND task_name = %(task)s
      AND args -> 'mail_id' = m.id::text::jsonb
)
ORDER BY m.id LIMIT %(limit)s
"""


def list_given_up_mail(*, limit: int = AT_ONCE, by: Actor) -> Sequence[GivenUpMail]:
    """Return the mail that was given up, the oldest first; one query.

    Raises:
        PermissionMissing: the actor may not operate the platform.
    """
    require_permission(by, Permission.PLATFORM_OPERATE)
    with connection.cursor() as cursor:
        cursor.execute(GIVEN_UP, {"task": HAND_OVER, "limit": limit})
        return [GivenUpMail(*row) for row in cursor.fetchall()]


def send_mail_again(*, by: Actor) -> int:
    """Have mail that was given up tried again from the beginning; return how much, at most 500.

    Two that ask at once have it tried once.

    Raises:
        PermissionMissing: the actor may not operate the platform.
    """
    require_permission(by, Permission.PLATFORM_OPERATE)
    with transaction.atomic():
        waiting = OutgoingMail.objects.select_for_update().order_by("pk")
        held = set(waiting.values_list("pk", flat=True))
        ids = [each.id for each in list_given_up_mail(by=by) if each.id in held]
        OutgoingMail.objects.filter(pk__in=ids).update(tries=0)
        if ids:
            jobs = map(_ask_for, ids)
            app.configure_task(HAND_OVER).batch_defer(*jobs)
        return len(ids)


def _ask_for(mail_id: int) -> "dict[str, JSONValue]":
    return {"mail_id": mail_id}
