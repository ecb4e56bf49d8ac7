"""Checking a seat: one cheap yes or no for other services, with its permission in one query."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from matricula.lms.access.api import ROLES, Permission, list_permitted_organizations
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import MODE_RANK
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import STUDYING

# A row for each identity of the account, or one if it has none: whose student key it is, the modes
# of its effective grants in the run, and the organizations that the asker reads (null: all). To
# plan it takes longer than to run it, and nested look-ups are planned in half the time of joins.
SEAT = """
SELECT learner.id, i.organization_id, ARRAY(
    SELECT g.mode FROM course_enrollment g
    WHERE g.identity_id = i.id AND g.is_active
      AND g.course_run_id = (SELECT id FROM course_run WHERE key = %(course_run)s)
      AND (g.program_enrollment_id IS NULL OR (
          SELECT status FROM program_enrollment WHERE id = g.program_enrollment_id
      ) = ANY(%(studying)s))
), ARRAY(
    SELECT r.organization_id FROM role_assignment r
    WHERE r.account_id = %(asker_id)s AND r.role = ANY(%(reading)s)
      AND (SELECT is_active FROM account WHERE id = %(asker_id)s)
)
FROM account learner
LEFT JOIN identity i ON i.account_id = learner.id
WHERE lower(learner.username) = lower(%(username)s)
"""


class _OfIdentity(NamedTuple):
    account_id: int
    organization_id: int | None
    modes: list[str]
    readable_ids: list[int | None]


READING = [role.name for role in ROLES.values() if Permission.ENROLLMENTS_READ in role.permissions]


def find_visible_seat_mode(*, username: str, course_run: str, by: Actor) -> str | None:
    """Return the mode in which an account is in the course run of that key, or None if it is not.

    One query in all. Everybody may ask about themselves; who reads for some organizations, about
    the accounts that have a student key of theirs, and only those grants are looked at.

    Raises:
        UnknownAccount: there is none, or none that the actor may ask about.
    """
    params: dict[str, Any] = {
        "username": Account.normalize_username(username).strip(),
        "course_run": course_run,
        "asker_id": by.account_id,
        "reading": READING,
        "studying": STUDYING,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEAT, params)
        visible = _list_visible(cursor.fetchall(), by=by)
    if not visible:
        raise UnknownAccount(f"There is no account {username!r}.")
    modes = (mode for row in visible for mode in row.modes)
    return max(modes, key=MODE_RANK.__getitem__, default=None)


def _list_visible(rows: Sequence[tuple[Any, ...]], *, by: Actor) -> list[_OfIdentity]:
    found = [_OfIdentity(*row) for row in rows]
    if not found or by.account_id == found[0].account_id or _reads_everywhere(found[0], by=by):
        return found
    return [row for row in found if row.organization_id in row.readable_ids]


def _reads_everywhere(row: _OfIdentity, *, by: Actor) -> bool:
    if by.account_id is None:
        return list_permitted_organizations(by, Permission.ENROLLMENTS_READ) is None
    return None in row.readable_ids
