"""Seating: the seats of all accounts, a page at a time; each stands where its first grant does."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import map_account_ids
from matricula.lms.course_enrollments.holding import HeldSeat, read_seats
from matricula.lms.identities.api import map_accounts_of_addresses
from matricula.lms.kernel.api import Actor


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatsWanted:
    """Which seats are meant; None leaves a side open, and all that is said must be so.

    ``parts_of_runs`` are texts of which one must stand in the key of the course run.
    """

    course_run: str | None = None
    parts_of_runs: Collection[str] | None = None
    usernames: Collection[str] | None = None
    addresses: Collection[str] | None = None


RUN_IDS = """
SELECT id FROM course_run
WHERE (%(key)s::text IS NULL OR key = %(key)s)
  AND (%(parts)s::text[] IS NULL
       OR EXISTS (SELECT FROM unnest(%(parts)s::text[]) AS part WHERE strpos(key, part) > 0))
"""

# Along the primary key or, for one course run, its index, each by id; what an account was granted
# there before, if anything, is one probe.
FIRST_GRANTS = """
SELECT g.id, i.account_id, g.course_run_id
FROM course_enrollment g
JOIN LATERAL (SELECT account_id FROM identity WHERE id = g.identity_id LIMIT 1) AS i ON true
LEFT JOIN LATERAL (
    SELECT made.id
    FROM (SELECT id FROM identity WHERE account_id = i.account_id OFFSET 0) AS own
    CROSS JOIN LATERAL (
        SELECT id FROM course_enrollment
        WHERE identity_id = own.id AND course_run_id = g.course_run_id AND id < g.id
        LIMIT 1
    ) AS made
    LIMIT 1
) AS earlier ON true
WHERE g.id > %(place)s AND i.account_id IS NOT NULL AND earlier.id IS NULL
  AND (%(run_id)s::bigint IS NULL OR g.course_run_id + 0 = %(run_id)s)
  AND (%(run_ids)s::bigint[] IS NULL OR g.course_run_id = ANY(%(run_ids)s::bigint[]))
  AND (%(account_ids)s::bigint[] IS NULL OR g.identity_id = ANY(ARRAY(
      SELECT id FROM identity WHERE account_id = ANY(%(account_ids)s::bigint[])
  )))
ORDER BY g.id
LIMIT %(limit)s
"""

FIRST_GRANTS_BACKWARDS = FIRST_GRANTS.replace("g.id > %(place)s", "g.id < %(place)s").replace(
    "ORDER BY g.id", "ORDER BY g.id DESC"
)


def list_seats_of_all(
    *,
    wanted: SeatsWanted,
    by: Actor,
    after: int | None,
    before: int | None,
    limit: int,
) -> list[tuple[int, HeldSeat]]:
    """Return the first seats after a place, or the last ones before another, with their places.

    They stand by when they were first given. One of the two ends is None. At most six queries.

    Raises:
        PermissionMissing: the actor may not read enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_READ)
    run_ids = _list_run_ids(wanted)
    params: dict[str, Any] = {
        "place": (after or 0) if before is None else before,
        "run_id": run_ids[0] if run_ids and len(run_ids) == 1 else None,
        "run_ids": run_ids,
        "account_ids": _list_account_ids(wanted),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRST_GRANTS if before is None else FIRST_GRANTS_BACKWARDS, params)
        return _read(sorted(cursor.fetchall()))


def _list_run_ids(wanted: SeatsWanted) -> list[int] | None:
    if wanted.course_run is None and wanted.parts_of_runs is None:
        return None
    parts = None if wanted.parts_of_runs is None else list(wanted.parts_of_runs)
    with connection.cursor() as cursor:
        cursor.execute(RUN_IDS, {"key": wanted.course_run, "parts": parts})
        return [run_id for (run_id,) in cursor.fetchall()]


def _list_account_ids(wanted: SeatsWanted) -> list[int] | None:
    """Return the accounts that are meant by every way in which some are named."""
    named = []
    if wanted.usernames is not None:
        named.append(set(map_account_ids(usernames=wanted.usernames).values()))
    if wanted.addresses is not None:
        named.append(set(map_accounts_of_addresses(addresses=wanted.addresses).values()))
    return sorted(set.intersection(*named)) if named else None


def _read(places: Sequence[tuple[int, int, int]]) -> list[tuple[int, HeldSeat]]:
    if not places:
        return []
    _, account_ids, run_ids = zip(*places, strict=True)
    seats = {
        (seat.account_id, seat.course_run_id): seat
        for seat in read_seats(account_ids=sorted(set(account_ids)), run_ids=set(run_ids))
    }
    return [(place, seats[account_id, run_id]) for place, account_id, run_id in places]
