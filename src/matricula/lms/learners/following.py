"""Following: the programs that a learner is in, by what is stored and by what is deduced."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db import connection

from matricula.lms.catalog.api import VERIFIED_OR_PAID_MODES, list_programs_of_runs
from matricula.lms.course_enrollments.api import list_seats
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.finding import Learner
from matricula.lms.learners.picturing import list_known_identities


class FollowedProgram(msgspec.Struct, frozen=True):
    """A program of a learner; ``organization`` is the key of its first.

    Nothing of an implicit one is stored, so it has neither curriculum nor student key nor times.
    """

    uuid: UUID
    key: str
    title: str
    type: str
    organization: str | None
    status: str
    basis: Literal["explicit", "implicit"]
    curriculum: UUID | None = None
    student_key: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None


EXPLICIT = """
SELECT e.program_id, program.uuid, program.key, program.title, program.type, lead.key, e.status,
       'explicit', curriculum.uuid, CASE WHEN i.kind = 'student_key' THEN i.value END,
       e.created_at, e.modified_at
FROM identity i
JOIN program_enrollment e ON e.identity_id = i.id
JOIN program ON program.id = e.program_id
JOIN curriculum ON curriculum.id = e.curriculum_id
LEFT JOIN LATERAL (
    SELECT organization.key
    FROM program_organization AS link
    JOIN organization ON organization.id = link.organization_id
    WHERE link.program_id = program.id ORDER BY link.position LIMIT 1
) AS lead ON true
WHERE i.id = ANY(%(identity_ids)s)
ORDER BY program.key, e.id
"""

IMPLICIT = """
SELECT program.uuid, program.key, program.title, program.type, lead.key, 'enrolled', 'implicit'
FROM program
LEFT JOIN LATERAL (
    SELECT organization.key
    FROM program_organization AS link
    JOIN organization ON organization.id = link.organization_id
    WHERE link.program_id = program.id ORDER BY link.position LIMIT 1
) AS lead ON true
WHERE program.id = ANY(%(program_ids)s)
ORDER BY program.key
"""


def list_followed_programs(*, learner: Learner, by: Actor) -> list[FollowedProgram]:
    """Return the programs of a learner as far as the actor may see them, explicit ones first.

    An implicit one is what the old deduction sees: a program with a course run in which they have
    a verified or paid seat. At most six queries.
    """
    ids = [identity.id for identity in list_known_identities(learner, by=by)]
    explicit = _look(EXPLICIT, {"identity_ids": ids})
    implied = _list_implied_ids(ids, without={row[0] for row in explicit})
    implicit = _look(IMPLICIT, {"program_ids": implied}) if implied else []
    return [
        *(FollowedProgram(*program) for _, *program in explicit),
        *(FollowedProgram(*program) for program in implicit),
    ]


def _list_implied_ids(identity_ids: Sequence[int], *, without: Collection[int]) -> list[int]:
    run_ids = [
        seat.course_run_id
        for seat in list_seats(identity_ids=identity_ids)
        if seat.is_active and seat.mode in VERIFIED_OR_PAID_MODES
    ]
    found = list_programs_of_runs(run_ids=run_ids) if run_ids else []
    return [program_id for program_id, _ in found if program_id not in without]


def _look(statement: str, params: dict[str, list[int]]) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[Sequence[Any]] = cursor.fetchall()
        return found
