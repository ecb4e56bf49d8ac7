"""Touching: what change sets have written, by kind, program and school."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from matricula.lms.rosters.api import RosterKind

# A direct grant is of no program. What grants and roles came through may be deleted by now: the
# ledger knows it. Schools are those of identities; a program is its first organization's. An act
# may be hundreds of change sets of one transaction, which is read once for all of them.
TOUCHED = """
WITH act AS MATERIALIZED (SELECT DISTINCT s.transaction_id FROM change_set AS s WHERE {which})
SELECT touched.id, touched.actor, touched.subject, touched.program_uuid, coalesce(
    touched.organization_id, (
        SELECT organization_id FROM program_organization
        WHERE program_id = touched.program_id ORDER BY position LIMIT 1
    )
)
FROM act
CROSS JOIN LATERAL (
    SELECT DISTINCT named.id, named.actor, c.subject, program.id AS program_id,
           program.uuid AS program_uuid,
           CASE WHEN c.subject = 'identity'
                THEN (coalesce(c.after, c.before) ->> 'organization_id')::bigint
           END AS organization_id
    FROM change AS c
    CROSS JOIN LATERAL (
        SELECT s.id, s.actor FROM change_set AS s
        WHERE s.id = c.change_set_id AND {which} LIMIT 1
    ) AS named
    LEFT JOIN LATERAL (
        SELECT coalesce(e.after, e.before) AS fields FROM change AS e
        WHERE e.row_id = (coalesce(c.after, c.before) ->> 'program_enrollment_id')::bigint
          AND e.subject = 'program_enrollment'
        ORDER BY e.id + 0 DESC LIMIT 1
    ) AS through ON true
    LEFT JOIN LATERAL (
        SELECT id, uuid FROM program WHERE id = CASE
            WHEN c.subject = 'program_enrollment'
                THEN (coalesce(c.after, c.before) ->> 'program_id')::bigint
            ELSE (through.fields ->> 'program_id')::bigint
        END
        LIMIT 1
    ) AS program ON true
    WHERE c.transaction_id = act.transaction_id
) AS touched
"""

TOUCHED_BY_ONE = TOUCHED.format(which="s.uuid = %(uuid)s")
# That it is not empty is what the index asks for.
TOUCHED_BY_REQUEST = TOUCHED.format(which="s.request_id = %(request_id)s AND s.request_id <> ''")


class Touched(msgspec.Struct, frozen=True):
    """Of what kind, and whose, something is that a change set has written.

    Without an organization it is an address, a direct grant, or of a program that has none.
    """

    id: int
    actor: str
    subject: str
    program: UUID | None
    organization_id: int | None

    @property
    def is_of_enrollments(self) -> bool:
        """Whether it is something that an undo could put back."""
        return self.subject != "identity"


def list_touched_by_change_set(*, uuid: UUID) -> list[Touched]:
    """Return what one act has written; nothing, if there is no such act. One query."""
    return _list(TOUCHED_BY_ONE, {"uuid": uuid})


def list_touched_by_request(*, request_id: str) -> list[Touched]:
    """Return what has been written under the id of a request, whoever used it. One query."""
    return _list(TOUCHED_BY_REQUEST, {"request_id": request_id})


def kind_of(touched: Iterable[Touched]) -> RosterKind:
    """Return the kind of the rows that take it back: a program's, if there are any."""
    is_of_program = any(each.subject == "program_enrollment" for each in touched)
    return RosterKind.PROGRAM if is_of_program else RosterKind.COURSE


def _list(statement: str, params: Mapping[str, Any]) -> list[Touched]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [Touched(*row) for row in cursor.fetchall()]
