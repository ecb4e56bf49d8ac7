"""Finding programs, their curricula and their course runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from matricula.lms.catalog.keeping import Kept
from matricula.lms.catalog.models import Program
from matricula.lms.kernel.api import UNSTORABLE, NotFound, prepared_cursor


class UnknownProgram(NotFound):
    """No program has that key or uuid."""

    code = "program-not-found"


class ProgramWithoutOrganization(NotFound):
    """The program has no organization, so nobody's student keys mean anything in it."""

    code = "program-without-organization"


@dataclass(frozen=True, slots=True)
class RunInProgram:
    """A course run of a program."""

    id: int
    key: str
    external_key: str


@dataclass(frozen=True)
class ProgramHead:
    """What writes and reads of a program's own enrollments need to know of it.

    ``curricula`` maps uuid to id; ``active_curriculum_id`` is that of the first active one.
    """

    id: int
    uuid: UUID
    key: str
    title: str
    type: str
    mode: str
    organization_id: int
    organization_key: str
    curricula: Mapping[UUID, int]
    active_curriculum_id: int | None


@dataclass(frozen=True)
class ProgramOutline(ProgramHead):
    """What writes and reads of enrollments in its course runs need to know of a program."""

    runs: tuple[RunInProgram, ...] = field(repr=False)

    @cached_property
    def run_ids(self) -> Mapping[str, int | None]:
        """Course run ids by key and by external key; None where an external key is ambiguous."""
        by_external: dict[str, int | None] = {}
        for run in self.runs:
            if run.external_key:
                by_external[run.external_key] = None if run.external_key in by_external else run.id
        return {**by_external, **{run.key: run.id for run in self.runs}}


@dataclass(frozen=True, slots=True)
class HolderOfRun:
    """A program that a course run is in, and the mode that the program grants."""

    run_id: int
    program_id: int
    program_key: str
    mode: str


class CurriculumOutline(msgspec.Struct, frozen=True):
    """A curriculum of a program."""

    id: int
    uuid: UUID
    is_active: bool


class _StoredHead(msgspec.Struct, frozen=True):
    id: int
    uuid: UUID
    key: str
    title: str
    type: str
    mode: str
    organization_id: int | None
    organization_key: str | None
    curricula: tuple[CurriculumOutline, ...]
    stamp: UUID | None


class StoredProgram(_StoredHead, frozen=True):
    """A program as the catalog has it: of those without an organization, that is None."""

    runs: tuple[RunInProgram, ...]


WANTED = """wanted AS (
    SELECT coalesce(
        (SELECT id FROM program WHERE uuid = %(uuid)s),
        (SELECT id FROM program WHERE lower(key) = lower(%(key)s))
    ) AS program_id
)"""

HEAD = """
    'id', program.id, 'uuid', program.uuid, 'key', program.key, 'title', program.title,
    'type', program.type, 'mode', program.mode,
    'organization_id', lead.id, 'organization_key', lead.key,
    'curricula', coalesce((
        SELECT json_agg(json_build_object('id', id, 'uuid', uuid, 'is_active', is_active)
                        ORDER BY position, id)
        FROM curriculum WHERE curriculum.program_id = program.id
    ), '[]'),
    'stamp', (SELECT stamp FROM catalog_stamp)
"""

FROM_WANTED = """
FROM wanted
JOIN program ON program.id = wanted.program_id
LEFT JOIN LATERAL (
    SELECT organization.id, organization.key
    FROM program_organization AS link
    JOIN organization ON organization.id = link.organization_id
    WHERE link.program_id = program.id ORDER BY link.position LIMIT 1
) AS lead ON true
"""

PROGRAM_HEAD = f"WITH {WANTED} SELECT json_build_object({HEAD})::text {FROM_WANTED}"

# One statement, so that what it says is of one moment. The probes (OFFSET 0, LIMIT 1) keep a
# planner without statistics from reading all course runs.
PROGRAM = f"""
WITH RECURSIVE {WANTED}, part (program_id, curriculum_id) AS (
    SELECT wanted.program_id, (
        SELECT id FROM curriculum
        WHERE curriculum.program_id = wanted.program_id AND is_active ORDER BY position LIMIT 1
    )
    FROM wanted
  UNION
    SELECT nested.program_id, (
        SELECT id FROM curriculum
        WHERE curriculum.program_id = nested.program_id AND is_active ORDER BY position LIMIT 1
    )
    FROM part JOIN curriculum_program AS nested ON nested.curriculum_id = part.curriculum_id
), member (run_id) AS (
    SELECT named.courserun_id
    FROM part
    CROSS JOIN LATERAL (
        SELECT courserun_id FROM program_course_run WHERE program_id = part.program_id OFFSET 0
    ) AS named
  UNION
    SELECT listed.courserun_id
    FROM part
    CROSS JOIN LATERAL (
        SELECT courserun_id FROM curriculum_course_run
        WHERE curriculum_id = part.curriculum_id OFFSET 0
    ) AS listed
)
SELECT json_build_object({HEAD},
    'runs', coalesce((
        SELECT json_agg(json_build_object('id', run.id, 'key', run.key,
                                          'external_key', run.external_key) ORDER BY run.key)
        FROM member
        CROSS JOIN LATERAL (
            SELECT id, key, external_key FROM course_run WHERE id = member.run_id LIMIT 1
        ) AS run
    ), '[]')
)::text
{FROM_WANTED}
"""

HOLDERS_OF_RUNS = """
WITH RECURSIVE holder (run_id, program_id) AS (
    SELECT courserun_id, program_id FROM program_course_run WHERE courserun_id = ANY(%(run_ids)s)
  UNION
    SELECT listed.courserun_id, curriculum.program_id
    FROM curriculum_course_run AS listed
    JOIN curriculum ON curriculum.id = listed.curriculum_id
    WHERE listed.courserun_id = ANY(%(run_ids)s) AND curriculum.id = (
        SELECT id FROM curriculum AS active
        WHERE active.program_id = curriculum.program_id AND is_active ORDER BY position LIMIT 1
    )
  UNION
    SELECT holder.run_id, curriculum.program_id
    FROM holder
    JOIN curriculum_program AS nested ON nested.program_id = holder.program_id
    JOIN curriculum ON curriculum.id = nested.curriculum_id
    WHERE curriculum.id = (
        SELECT id FROM curriculum AS active
        WHERE active.program_id = curriculum.program_id AND is_active ORDER BY position LIMIT 1
    )
)
SELECT holder.run_id, program.id, program.key, program.mode
FROM holder JOIN program ON program.id = holder.program_id
ORDER BY program.key, holder.run_id
"""


_HEAD_DECODER = msgspec.json.Decoder(_StoredHead)
_DECODER = msgspec.json.Decoder(StoredProgram)

_heads: Kept[ProgramHead] = Kept()
_outlines: Kept[ProgramOutline] = Kept()


def get_program(*, key: str, stamp: UUID | None = None) -> ProgramOutline:
    """Return the program of that key (letter case ignored) or uuid, in one query at most.

    With the catalog's ``stamp`` of this moment, what was read under it before is read no more.

    Raises:
        UnknownProgram: there is none.
        ProgramWithoutOrganization: the catalog names none for it.
    """
    kept = _outlines.find(key, stamp=stamp)
    if kept is not None:
        return kept
    found = read_program(key=key)
    return _outlines.keep(
        key, ProgramOutline(**_outline(found), runs=found.runs), stamp=found.stamp
    )


def get_program_head(*, key: str, stamp: UUID | None = None) -> ProgramHead:
    """Return what ``get_program`` does, without the course runs: they cost more than the rest.

    Raises:
        UnknownProgram, ProgramWithoutOrganization: as there.
    """
    kept = _heads.find(key, stamp=stamp)
    if kept is not None:
        return kept
    found = _HEAD_DECODER.decode(_ask(PROGRAM_HEAD, key))
    return _heads.keep(key, ProgramHead(**_outline(found)), stamp=found.stamp)


def read_program(*, key: str) -> StoredProgram:
    """Return the program of that uuid, else that key (letter case ignored), in one query.

    Raises:
        UnknownProgram: there is none.
    """
    return _DECODER.decode(_ask(PROGRAM, key))


def _ask(question: str, key: str) -> str:
    wanted = key.strip()
    row = None
    if not UNSTORABLE.search(wanted):
        with prepared_cursor() as cursor:
            cursor.execute(question, {"key": wanted, "uuid": read_uuid(wanted)})
            row = cursor.fetchone()
    if row is None:
        message = f"There is no program {key!r}."
        raise UnknownProgram(message)
    return str(row[0])


def _outline(found: _StoredHead) -> dict[str, Any]:
    if found.organization_id is None or found.organization_key is None:
        message = f"Program {found.key!r} has no organization in the catalog."
        raise ProgramWithoutOrganization(message)
    return {
        "id": found.id,
        "uuid": found.uuid,
        "key": found.key,
        "title": found.title,
        "type": found.type,
        "mode": found.mode,
        "organization_id": found.organization_id,
        "organization_key": found.organization_key,
        "curricula": {curriculum.uuid: curriculum.id for curriculum in found.curricula},
        "active_curriculum_id": next(
            (each.id for each in found.curricula if each.is_active), None
        ),
    }


def list_programs() -> list[Program]:
    """Return all programs by key."""
    return list(Program.objects.order_by("key"))


def list_programs_of_runs(*, run_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Return id and key of every program that any of the course runs is in, in one query."""
    holders = list_holders_of_runs(run_ids=run_ids)
    return list(dict.fromkeys((each.program_id, each.program_key) for each in holders))


def list_holders_of_runs(*, run_ids: Iterable[int]) -> list[HolderOfRun]:
    """Return each course run with every program that it is in, by program, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS_OF_RUNS, {"run_ids": list(run_ids)})
        return [HolderOfRun(*row) for row in cursor.fetchall()]


def read_uuid(text: str) -> UUID | None:
    """Return the uuid that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
