"""Locking a copy: one at a time brings it up to date, and the others see it before or after."""

from django.db import connection

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.partners.api import Program

# Until the transaction ends, however it ends.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('copy of ' || %s, %s))"
LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended('copy of ' || %s, %s))"


def lock_copy(program: Program, kind: EnrollmentKind, *, is_shared: bool = False) -> None:
    """Wait until nobody writes a copy or, unless ``is_shared``, reads it."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SHARED if is_shared else LOCK, [kind.value, program.pk])
