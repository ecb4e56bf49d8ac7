"""Digesting: a short proof of what a program holds, for who keeps a copy of it.

A *row* is what a roster may change of an enrollment, and whether its student has an account; of
moments it says nothing, for they may change where nothing else does. It is written as a *line*.
A row is in the *bucket* of its student, one of 256. The digest of a bucket is SHA-256 of the
SHA-256 of its lines, sorted; that of a program is SHA-256 of its buckets' names and digests. So no
two contents have one digest, whatever the order in which they were written, and a copy computes it
by itself (``lms_client/digesting.py``).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection, transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.catalog.api import ProgramLead
from matricula.lms.kernel.api import Actor
from matricula.lms.rosters.opening import RosterKind

BATCH = 5_000
LOOKED_AT = 10_000
"""Changes of all programs that are looked through for a program's; a row costs thrice as much."""


class Bucket(msgspec.Struct, frozen=True):
    """A bucket that has rows: its two hexadecimal digits, its digest, and how many."""

    bucket: str
    digest: str
    rows: int


class ProgramDigest(msgspec.Struct, frozen=True):
    """The digest of a program's enrollments, or of its course enrollments."""

    digest: str
    rows: int
    buckets: tuple[Bucket, ...]


class StoredRow(msgspec.Struct, frozen=True, gc=False):
    """A row with its bucket; ``cells`` are those that ``ROW_COLUMNS`` names."""

    bucket: str
    cells: list[str]


# The student's key is last: what else is in a line has no line break, so no two rows have one
# line. Rows are of students whom the program's rosters can name, and who are not retired. From
# each enrollment to the rest by probes, in any plan (ADR 0005); OFFSET 0 keeps the grants' one.
PROGRAM_ROWS = """
SELECT get_byte(sha256(convert_to(i.folded, 'UTF8')), 0) AS bucket,
       concat_ws(
           chr(10), curriculum.uuid, e.status, (i.account_id IS NOT NULL)::text, i.value
       ) AS line
FROM program_enrollment e
JOIN LATERAL (SELECT uuid FROM curriculum WHERE id = e.curriculum_id LIMIT 1) AS curriculum ON true
JOIN LATERAL (SELECT * FROM identity WHERE id = e.identity_id LIMIT 1) AS i ON true
WHERE e.program_id = %(program_id)s
  AND i.kind = 'student_key' AND i.organization_id = %(organization_id)s
  AND i.retired_at IS NULL
"""

COURSE_ROWS = """
SELECT get_byte(sha256(convert_to(i.folded, 'UTF8')), 0) AS bucket,
       concat_ws(
           chr(10), run.key, curriculum.uuid,
           CASE WHEN given.is_active THEN 'active' ELSE 'inactive' END,
           (role.id IS NOT NULL)::text, (i.account_id IS NOT NULL)::text, i.value
       ) AS line
FROM program_enrollment e
JOIN LATERAL (SELECT uuid FROM curriculum WHERE id = e.curriculum_id LIMIT 1) AS curriculum ON true
JOIN LATERAL (SELECT * FROM identity WHERE id = e.identity_id LIMIT 1) AS i ON true
JOIN LATERAL (
    SELECT * FROM course_enrollment WHERE program_enrollment_id = e.id OFFSET 0
) AS given ON true
JOIN LATERAL (SELECT key FROM course_run WHERE id = given.course_run_id LIMIT 1) AS run ON true
LEFT JOIN LATERAL (
    SELECT id FROM course_role
    WHERE identity_id = e.identity_id AND course_run_id = given.course_run_id
      AND role = 'staff' AND program_enrollment_id = e.id
    LIMIT 1
) AS role ON true
WHERE e.program_id = %(program_id)s
  AND i.kind = 'student_key' AND i.organization_id = %(organization_id)s
  AND i.retired_at IS NULL
"""

ROWS = {RosterKind.PROGRAM: PROGRAM_ROWS, RosterKind.COURSE: COURSE_ROWS}

ROW_COLUMNS = {
    RosterKind.PROGRAM: ("curriculum", "status", "account_exists", "student_key"),
    RosterKind.COURSE: (
        "course_run",
        "curriculum",
        "status",
        "course_staff",
        "account_exists",
        "student_key",
    ),
}

COMPUTE = """
WITH row AS MATERIALIZED (
    SELECT bucket, sha256(convert_to(line, 'UTF8')) AS digest FROM ({rows}) AS stored
), bucket AS (
    SELECT lpad(to_hex(bucket), 2, '0') AS name,
           encode(sha256(string_agg(digest, ''::bytea ORDER BY digest)), 'hex') AS digest,
           count(*) AS rows
    FROM row GROUP BY bucket
)
SELECT encode(sha256(convert_to(coalesce(
           string_agg(name || ' ' || digest || chr(10), '' ORDER BY name COLLATE "C"), ''
       ), 'UTF8')), 'hex'),
       coalesce(sum(rows), 0)::bigint,
       coalesce(json_agg(json_build_object('bucket', name, 'digest', digest, 'rows', rows)
           ORDER BY name COLLATE "C"), '[]')::text
FROM bucket
"""

IN_BUCKETS = """
SELECT lpad(to_hex(bucket), 2, '0'), line FROM ({rows}) AS stored
WHERE bucket = ANY(%(buckets)s::int[])
"""

# What was computed holds while nothing that has been committed since is the program's. Changes are
# looked through from the oldest transaction that still ran then, as long as that is cheaper than
# to read the program's rows. A grant whose enrollment is gone is nobody's here; but that the
# enrollment was deleted is a change of the program. OFFSET 0 has enrollments found by
# their identity: a planner without statistics would seek each among all of the program's.
FIND_KEPT = """
SELECT ledger_horizon(), kept.digest, kept.rows, kept.buckets::text, since.changes,
       kept.organization_id IS NOT DISTINCT FROM %(organization_id)s
           AND NOT since.is_touched AND since.changes <= greatest(kept.rows, %(looked_at)s)
FROM (SELECT) AS here
LEFT JOIN roster_digest AS kept
    ON kept.program_id = %(program_id)s AND kept.kind = %(kind)s
LEFT JOIN LATERAL (
    SELECT count(*) AS changes, coalesce(bool_or(CASE c.subject
        WHEN 'identity' THEN EXISTS (
            SELECT FROM (
                SELECT program_id FROM program_enrollment WHERE identity_id = c.row_id OFFSET 0
            ) AS of_identity WHERE program_id = %(program_id)s
        )
        WHEN 'program_enrollment' THEN (c.fields ->> 'program_id')::bigint = %(program_id)s
        ELSE EXISTS (
            SELECT FROM (
                SELECT id, program_id FROM program_enrollment
                WHERE identity_id = (c.fields ->> 'identity_id')::bigint OFFSET 0
            ) AS of_identity
            WHERE id = (c.fields ->> 'program_enrollment_id')::bigint
              AND program_id = %(program_id)s
        )
    END), false) AS is_touched
    FROM (
        SELECT subject, row_id, coalesce(after, before) AS fields FROM change
        WHERE transaction_id >= kept.transaction_id
        ORDER BY transaction_id, id LIMIT greatest(kept.rows, %(looked_at)s) + 1
    ) AS c
) AS since ON true
"""

KEEP = """
INSERT INTO roster_digest (
    program_id, organization_id, kind, digest, rows, buckets, transaction_id
) VALUES (
    %(program_id)s, %(organization_id)s, %(kind)s,
    %(digest)s, %(rows)s, %(buckets)s, %(horizon)s
)
ON CONFLICT (program_id, kind) DO UPDATE SET
    organization_id = excluded.organization_id, digest = excluded.digest, rows = excluded.rows,
    buckets = excluded.buckets, transaction_id = excluded.transaction_id
"""


def digest_program(*, program: ProgramLead, kind: RosterKind, by: Actor) -> ProgramDigest:
    """Return the digest of what a program holds now.

    It is kept, and computed again only if the ledger knows of a change of the program since, or
    of very many changes.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id)
    params: dict[str, Any] = {
        "program_id": program.id,
        "organization_id": program.organization_id,
        "kind": kind.value,
        "looked_at": LOOKED_AT,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND_KEPT, params)
        horizon, *kept, changes, is_good = cursor.fetchone()
        if not is_good:
            cursor.execute(COMPUTE.format(rows=ROWS[kind]), params)
            kept = cursor.fetchone()
    digest, rows, buckets = kept
    found = ProgramDigest(digest, rows, msgspec.json.decode(buckets, type=tuple[Bucket, ...]))
    if changes or not is_good:
        _keep(found, params, horizon=horizon)
    return found


def list_bucket_rows(
    *,
    program: ProgramLead,
    kind: RosterKind,
    buckets: Collection[int],
    to: Callable[[Sequence[StoredRow]], object],
    by: Actor,
) -> None:
    """Give ``to`` the rows of those buckets as of one moment, so many at a time, in no order.

    Raises:
        PermissionMissing: the actor may not read enrollments of the program's organization.
    """
    require_permission(by, Permission.ENROLLMENTS_READ, organization_id=program.organization_id)
    params: dict[str, Any] = {
        "program_id": program.id,
        "organization_id": program.organization_id,
        "buckets": list(buckets),
    }
    last = len(ROW_COLUMNS[kind]) - 1
    # A named cursor: the server keeps the rows until they are asked for.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(IN_BUCKETS.format(rows=ROWS[kind]), params)
        while batch := cursor.fetchmany(BATCH):
            to([StoredRow(bucket, line.split("\n", last)) for bucket, line in batch])


def _keep(found: ProgramDigest, params: Mapping[str, Any], *, horizon: int) -> None:
    """Keep what holds as long as nothing of the program was committed from ``horizon`` on."""
    kept: dict[str, Any] = {
        "digest": found.digest,
        "rows": found.rows,
        "buckets": msgspec.json.encode(found.buckets).decode(),
        "horizon": horizon,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {**params, **kept})
