"""Checking a seat: one cheap yes or no for other services."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, list_permitted_organizations
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import MODE_RANK
from matricula.lms.kernel.api import Actor, prepared_cursor
from matricula.lms.program_enrollments.api import STUDYING

# A row for each identity of the account, or one if it has none: whose student key it is, and the
# modes of its effective grants in the run.
SEAT = """
SELECT learner.id, i.organization_id, ARRAY(
    SELECT g.mode FROM course_enrollment g
    WHERE g.identity_id = i.id AND g.is_active
      AND g.course_run_id = (SELECT id FROM course_run WHERE key = %(course_run)s)
      AND (g.program_enrollment_id IS NULL OR (
          SELECT status FROM program_enrollment WHERE id = g.program_enrollment_id
      ) = ANY(%(studying)s))
)
FROM account learner
LEFT JOIN identity i ON i.account_id = learner.id
WHERE lower(learner.username) = lower(%(username)s)
"""


class _OfIdentity(NamedTuple):
    account_id: int
    organization_id: int | None
    modes: list[str]


def find_visible_seat_mode(*, username: str, course_run: str, by: Actor) -> str | None:
    """Return the mode in which an account is in the course run of that key, or None if it is not.

    One query after the permission. Everybody may ask about themselves; who reads for some
    organizations, about the accounts that have a student key of theirs, and only those grants are
    looked at.

    Raises:
        UnknownAccount: there is none, or none that the actor may ask about.
    """
    permitted = list_permitted_organizations(by, Permission.ENROLLMENTS_READ)
    params: dict[str, Any] = {
        "username": Account.normalize_username(username).strip(),
        "course_run": course_run,
        "studying": STUDYING,
    }
    with prepared_cursor() as cursor:
        cursor.execute(SEAT, params)
        found = [_OfIdentity(*row) for row in cursor.fetchall()]
    visible = _list_visible(found, permitted, by=by)
    if not visible:
        raise UnknownAccount(_("There is no account %(username)r.") % {"username": username})
    modes = (mode for row in visible for mode in row.modes)
    return max(modes, key=MODE_RANK.__getitem__, default=None)


def _list_visible(
    found: Sequence[_OfIdentity], permitted: frozenset[int] | None, *, by: Actor
) -> Sequence[_OfIdentity]:
    if permitted is None or (found and found[0].account_id == by.account_id):
        return found
    return [row for row in found if row.organization_id in permitted]
