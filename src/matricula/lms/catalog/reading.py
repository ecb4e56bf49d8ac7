"""Finding programs, their curricula and their course runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db import connection

from matricula.lms.catalog.models import Curriculum, Program
from matricula.lms.kernel.api import NotFound


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
class ProgramOutline:
    """What writes and reads of enrollments need to know of a program.

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
    runs: tuple[RunInProgram, ...] = field(repr=False)

    @cached_property
    def run_ids(self) -> Mapping[str, int | None]:
        """Course run ids by key and by external key; None where an external key is ambiguous."""
        by_external: dict[str, int | None] = {}
        for run in self.runs:
            if run.external_key:
                by_external[run.external_key] = None if run.external_key in by_external else run.id
        return {**by_external, **{run.key: run.id for run in self.runs}}


RUNS_OF_PROGRAM = """
WITH RECURSIVE part (program_id) AS (
    SELECT %(program_id)s::bigint
  UNION
    SELECT nested.program_id
    FROM part
    JOIN LATERAL (
        SELECT id FROM curriculum
        WHERE curriculum.program_id = part.program_id AND is_active ORDER BY position LIMIT 1
    ) AS active ON true
    JOIN curriculum_program AS nested ON nested.curriculum_id = active.id
)
SELECT run.id, run.key, run.external_key
FROM course_run AS run
WHERE run.id IN (
    SELECT courserun_id FROM program_course_run JOIN part USING (program_id)
  UNION
    SELECT listed.courserun_id
    FROM part
    JOIN LATERAL (
        SELECT id FROM curriculum
        WHERE curriculum.program_id = part.program_id AND is_active ORDER BY position LIMIT 1
    ) AS active ON true
    JOIN curriculum_course_run AS listed ON listed.curriculum_id = active.id
)
ORDER BY run.key
"""

PROGRAMS_OF_RUNS = """
WITH RECURSIVE first_active AS (
    SELECT DISTINCT ON (program_id) id, program_id
    FROM curriculum WHERE is_active ORDER BY program_id, position
), holder (run_id, program_id) AS (
    SELECT courserun_id, program_id FROM program_course_run WHERE courserun_id = ANY(%(run_ids)s)
  UNION
    SELECT listed.courserun_id, first_active.program_id
    FROM curriculum_course_run AS listed
    JOIN first_active ON first_active.id = listed.curriculum_id
    WHERE listed.courserun_id = ANY(%(run_ids)s)
  UNION
    SELECT holder.run_id, first_active.program_id
    FROM holder
    JOIN curriculum_program AS nested ON nested.program_id = holder.program_id
    JOIN first_active ON first_active.id = nested.curriculum_id
)
SELECT DISTINCT program.id, program.key
FROM holder JOIN program ON program.id = holder.program_id
ORDER BY program.key
"""


def get_program(*, key: str) -> ProgramOutline:
    """Return the program of that key (letter case ignored) or uuid, in four queries.

    Raises:
        UnknownProgram: there is none.
        ProgramWithoutOrganization: the catalog names none for it.
    """
    program = find_program(key=key)
    if program is None:
        message = f"There is no program {key!r}."
        raise UnknownProgram(message)
    first = program.programorganization_set.select_related("organization").order_by("position")
    lead = first.first()
    if lead is None:
        message = f"Program {program.key!r} has no organization in the catalog."
        raise ProgramWithoutOrganization(message)
    curricula = list(Curriculum.objects.filter(program=program).order_by("position"))
    return ProgramOutline(
        id=program.pk,
        uuid=program.uuid,
        key=program.key,
        title=program.title,
        type=program.type,
        mode=program.mode,
        organization_id=lead.organization_id,
        organization_key=lead.organization.key,
        curricula={curriculum.uuid: curriculum.pk for curriculum in curricula},
        active_curriculum_id=next((each.pk for each in curricula if each.is_active), None),
        runs=list_runs_of_program(program_id=program.pk),
    )


def find_program(*, key: str) -> Program | None:
    """Return the program of that key (letter case ignored) or uuid, or None."""
    wanted = key.strip()
    by_key = Program.objects.filter(key__iexact=wanted)
    try:
        uuid = UUID(wanted)
    except ValueError:
        return by_key.first()
    return Program.objects.filter(uuid=uuid).first() or by_key.first()


def list_runs_of_program(*, program_id: int) -> tuple[RunInProgram, ...]:
    """Return every course run that is in the program, by key."""
    with connection.cursor() as cursor:
        cursor.execute(RUNS_OF_PROGRAM, {"program_id": program_id})
        return tuple(RunInProgram(*row) for row in cursor.fetchall())


def list_programs() -> list[Program]:
    """Return all programs by key."""
    return list(Program.objects.order_by("key"))


def list_programs_of_runs(*, run_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Return id and key of every program that any of the course runs is in, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRAMS_OF_RUNS, {"run_ids": list(run_ids)})
        return [(program_id, key) for program_id, key in cursor.fetchall()]
