"""Wishing for a copy: somebody looks at a program, and a worker makes or refreshes its copy."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.copies.models import Copy
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import (
    Permission,
    Program,
    read_holdings,
    tell_missing,
)

TASK = "copies.grant_wishes"

# What is wished for already is not wished for later: it would fall behind.
WISH = """
INSERT INTO copy_wish (program_id, asked_at, ended_at, code, trouble)
SELECT id, %(at)s, NULL, '', '' FROM unnest(%(programs)s::bigint[]) AS asked (id)
ON CONFLICT (program_id) DO UPDATE
SET asked_at = excluded.asked_at, ended_at = NULL, code = '', trouble = ''
WHERE copy_wish.ended_at IS NOT NULL
"""


def wish_for_copies(*, programs: Collection[Program], by: Actor, at: datetime) -> None:
    """Have the copies of programs' enrollments made or refreshed soon, and their histories read.

    Raises:
        PermissionMissing: the actor may not read the enrollments of one of them.
    """
    holdings = read_holdings(by)
    for program in programs:
        if Permission.READ_ENROLLMENTS not in holdings.on_program(program):
            raise tell_missing(Permission.READ_ENROLLMENTS, program=program)
    ids = [program.pk for program in programs]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(WISH, {"programs": ids, "at": at})
        used = Copy.objects.filter(program__in=ids)
        used.filter(kind=EnrollmentKind.PROGRAM_ENROLLMENTS.value).update(used_at=at)
        _call_worker()


def _call_worker() -> None:
    try:
        with transaction.atomic():
            app.configure_task(TASK, queueing_lock=TASK, lock=TASK).defer()
    except AlreadyEnqueued:
        return
