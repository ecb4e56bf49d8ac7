"""What a program is made of: its curricula, their course runs, and the programs nested in them."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from uuid import UUID

from django.db import connection
from django.db.models import Q
from msgspec import UNSET

from matricula.lms.catalog.gathering import (
    Fields,
    InvalidCatalog,
    curricula_of,
    nested_in,
    refusal_of,
    said,
    texts,
)
from matricula.lms.catalog.models import CourseRun, Curriculum, Program
from matricula.lms.catalog.records import CourseRecord, CurriculumRecord, ProgramRecord
from matricula.lms.catalog.storing import Stored, read_rows, replace_links, store_rows

ACTIVE_NESTINGS = """
SELECT parent.key, child.key
FROM curriculum
JOIN curriculum_program AS nested ON nested.curriculum_id = curriculum.id
JOIN program AS parent ON parent.id = curriculum.program_id
JOIN program AS child ON child.id = nested.program_id
WHERE curriculum.is_active
"""


def store_curricula(
    records: Sequence[ProgramRecord], *, programs: Stored[Program], runs: Stored[CourseRun]
) -> set[int]:
    """Make curricula and what is in them as said; return the ids of the programs that changed.

    A curriculum that its program no longer names becomes inactive and stands behind the others.

    Raises:
        InvalidCatalog: a curriculum is another program's, a nested program is nowhere, or programs
            are nested in a circle.
    """
    naming = [record for record in records if record.curricula is not UNSET]
    curricula = _store_rows_of_curricula(naming, programs)
    given = [each for record in naming for each in curricula_of(record)]
    nested_ids = _map_nested_ids(naming, programs)
    changed = {curricula.id_of(uuid) for uuid in curricula.written}
    changed |= replace_links(
        Curriculum.course_runs.through.objects,
        ends=("curriculum_id", "courserun_id"),
        wanted={
            curricula.id_of(each.uuid): list_run_ids(said(each.courses), runs)
            for each in given
            if each.courses is not UNSET
        },
    )
    changed |= replace_links(
        Curriculum.programs.through.objects,
        ends=("curriculum_id", "program_id"),
        wanted={
            curricula.id_of(each.uuid): [nested_ids[nested.uuid] for nested in said(each.programs)]
            for each in given
            if each.programs is not UNSET
        },
    )
    if changed:
        _require_no_circle()
    return {row.program_id for row in curricula.rows.values() if row.pk in changed}


def list_run_ids(courses: Sequence[CourseRecord], runs: Stored[CourseRun]) -> list[int]:
    """Return the ids of the course runs that stand in the courses."""
    return [runs.id_of(run.key) for course in courses for run in course.course_runs]


def _store_rows_of_curricula(
    naming: Sequence[ProgramRecord], programs: Stored[Program]
) -> Stored[Curriculum]:
    uuids = [each.uuid for record in naming for each in curricula_of(record)]
    program_ids = [programs.id_of(record.uuid) for record in naming]
    found = Curriculum.objects.filter(Q(program__in=program_ids) | Q(uuid__in=uuids))
    stored = {row.uuid: row for row in found.order_by("position", "pk")}
    wanted: dict[UUID, Fields] = {}
    for record in naming:
        program_id = programs.id_of(record.uuid)
        for position, each in enumerate(curricula_of(record)):
            known = stored.get(each.uuid)
            if known and known.program_id != program_id:
                raise refusal_of(record, f"curriculum {each.uuid} is another program's")
            place = {"program_id": program_id, "position": position}
            wanted[each.uuid] = {**_list_fields(each, is_new=known is None), **place}
    wanted |= _retire(
        stored, wanted, {programs.id_of(r.uuid): len(curricula_of(r)) for r in naming}
    )
    return store_rows(Curriculum.objects, unique="uuid", wanted=wanted, stored=stored)


def _list_fields(record: CurriculumRecord, *, is_new: bool) -> Fields:
    fields = texts(name=record.name)
    if record.is_active is not UNSET:
        fields["is_active"] = record.is_active
    elif is_new:
        fields["is_active"] = True
    return fields


def _retire(
    stored: Mapping[UUID, Curriculum],
    wanted: Mapping[UUID, Fields],
    named_counts: dict[int, int],
) -> dict[UUID, Fields]:
    """Return how the curricula that are no longer named are to be: inactive, behind the others."""
    retired: dict[UUID, Fields] = {}
    for uuid, row in stored.items():
        if uuid not in wanted:
            retired[uuid] = {"is_active": False, "position": named_counts[row.program_id]}
            named_counts[row.program_id] += 1
    return retired


def _map_nested_ids(naming: Sequence[ProgramRecord], programs: Stored[Program]) -> dict[UUID, int]:
    named = {nested.uuid for record in naming for nested in nested_in(record)}
    elsewhere = read_rows(Program.objects, unique="uuid", values=named - programs.rows.keys())
    rows = {**elsewhere, **programs.rows}
    for record in naming:
        for nested in nested_in(record):
            if nested.uuid not in rows:
                raise refusal_of(record, f"there is no program {nested.uuid} to nest in it")
    return {uuid: rows[uuid].pk for uuid in named}


def _require_no_circle() -> None:
    sorter = TopologicalSorter[str]()
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_NESTINGS)
        for parent, child in cursor.fetchall():
            sorter.add(parent, child)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " in ".join(repr(key) for key in error.args[1])
        message = f"Programs are nested in a circle: {circle}."
        raise InvalidCatalog(message) from None
