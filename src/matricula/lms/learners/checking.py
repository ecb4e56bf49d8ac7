"""Checking a seat: one cheap yes or no for other services, with its permission in one query."""

from typing import Any

from django.db import connection

from matricula.lms.access.api import ROLES, Permission, list_permitted_organizations
from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import MODE_RANK
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import STUDYING

# One row for an account, none without one. What the asker may see decides which grants count, as
# in the picture. Each grant is found by its identity and course run.
SEAT = """
SELECT sight.whole OR EXISTS (
           SELECT FROM identity i
           WHERE i.account_id = learner.id AND i.organization_id = ANY(sight.organization_ids)
       ),
       ARRAY(
           SELECT g.mode
           FROM identity i
           CROSS JOIN LATERAL (
               SELECT * FROM course_enrollment
               WHERE identity_id = i.id
                 AND course_run_id = (SELECT id FROM course_run WHERE key = %(course_run)s)
               OFFSET 0
           ) AS g
           LEFT JOIN program_enrollment e ON e.id = g.program_enrollment_id
           WHERE i.account_id = learner.id
             AND (sight.whole OR i.organization_id = ANY(sight.organization_ids))
             AND g.is_active AND (e.id IS NULL OR e.status = ANY(%(studying)s))
       )
FROM account learner
CROSS JOIN LATERAL (
    SELECT %(everywhere)s OR learner.id = %(asker_id)s
               OR coalesce(bool_or(r.organization_id IS NULL), false) AS whole,
           array_agg(r.organization_id) AS organization_ids
    FROM role_assignment r
    JOIN account asker ON asker.id = r.account_id
    WHERE r.account_id = %(asker_id)s AND r.role = ANY(%(reading)s) AND asker.is_active
) AS sight
WHERE lower(learner.username) = lower(%(username)s)
"""

READING = [role.name for role in ROLES.values() if Permission.ENROLLMENTS_READ in role.permissions]


def find_visible_seat_mode(*, username: str, course_run: str, by: Actor) -> str | None:
    """Return the mode in which an account is in the course run of that key, or None if it is not.

    One query in all. Everybody may ask about themselves; who reads for some organizations, about
    the accounts that have a student key of theirs, and only those grants are looked at.

    Raises:
        UnknownAccount: there is none, or none that the actor may ask about.
    """
    everywhere = (
        by.account_id is None
        and list_permitted_organizations(by, Permission.ENROLLMENTS_READ) is None
    )
    params: dict[str, Any] = {
        "username": Account.normalize_username(username).strip(),
        "course_run": course_run,
        "asker_id": by.account_id,
        "everywhere": everywhere,
        "reading": READING,
        "studying": STUDYING,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEAT, params)
        found = cursor.fetchone()
    if found is None or not found[0]:
        raise UnknownAccount(f"There is no account {username!r}.")
    return max(found[1], key=MODE_RANK.__getitem__, default=None)
