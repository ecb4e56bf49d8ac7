"""Loading a catalog: afterwards, what its records say is what is stored.

Nothing that enrollments may hang on is deleted: a program or course run that no record names
stays, and a curriculum that its program no longer names becomes inactive.
The catalog has no ledger: who loaded it, when, and how much changed goes to the log.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from msgspec import UNSET

from matricula.lms.catalog.enlisting import store_programs
from matricula.lms.catalog.gathering import Gathered, courses_of, gather, refusal_of, said
from matricula.lms.catalog.models import Course, CourseRun, Program, ProgramOrganization
from matricula.lms.catalog.pricing import store_modes
from matricula.lms.catalog.records import ProgramRecord
from matricula.lms.catalog.storing import Stored, read_rows, replace_links, store_rows
from matricula.lms.catalog.structuring import list_run_ids, store_curricula
from matricula.lms.kernel.api import Actor, Lock, lock_until_commit
from matricula.lms.organizations.api import load_organizations

_log = logging.getLogger(__name__)


class LoadResult(StrEnum):
    """What a load did with a program."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A program, and what a load did with it or with what is in it.

    In it are its organizations in their order, courses, course runs, curricula, and which programs
    are nested in them; not what is in those.
    """

    uuid: UUID
    key: str
    result: LoadResult


def load_catalog(*, programs: Iterable[ProgramRecord], by: Actor, at: datetime) -> list[Loaded]:
    """Create and update what the records say, all or nothing, and tell what each program became.

    Idempotent: what is so already is not written. Loads go one by one. Nested whole programs are
    programs of the load too. Whoever calls has asked for the permission (``catalog:load``
    everywhere): access stands above the catalog.

    Raises:
        InvalidCatalog: a record cannot be right, or contradicts another or what is stored.
        InvalidOrganization: the same of an organization.
    """
    gathered = gather(programs)
    with transaction.atomic():
        lock_until_commit(Lock.CATALOG, [0])
        loaded = _load(gathered)
    counts = Counter(each.result.value for each in loaded)
    _log.info(
        "catalog:loaded", extra={"actor": by.name, "at": at.isoformat(), "programs": dict(counts)}
    )
    return loaded


def _load(gathered: Gathered) -> list[Loaded]:
    records = gathered.programs
    stored = read_rows(Program.objects, unique="uuid", values=[record.uuid for record in records])
    courses, runs = _store_courses(gathered)
    programs = store_programs(records, stored=stored)
    changed = {programs.id_of(uuid) for uuid in programs.written}
    changed |= _link_organizations(records, programs)
    changed |= _link_runs(records, programs, runs)
    changed |= store_curricula(records, programs=programs, runs=runs)
    touched = courses.written | runs.written | store_modes(gathered.modes, runs=runs)
    return [
        Loaded(
            record.uuid,
            programs.rows[record.uuid].key,
            _tell(
                is_new=record.uuid not in stored,
                is_changed=programs.id_of(record.uuid) in changed or _names(record, touched),
            ),
        )
        for record in records
    ]


def _tell(*, is_new: bool, is_changed: bool) -> LoadResult:
    if is_new:
        return LoadResult.CREATED
    return LoadResult.UPDATED if is_changed else LoadResult.UNCHANGED


def _names(record: ProgramRecord, keys: frozenset[str]) -> bool:
    """Tell whether any of the keys is of a course or course run of the program."""
    return any(
        course.key.strip() in keys or any(run.key in keys for run in course.course_runs)
        for course in courses_of(record)
    )


def _store_courses(gathered: Gathered) -> tuple[Stored[Course], Stored[CourseRun]]:
    courses = store_rows(
        Course.objects,
        unique="key",
        wanted=gathered.courses,
        stored=read_rows(Course.objects, unique="key", values=gathered.courses),
    )
    wanted = {
        key: {
            **{name: value for name, value in fields.items() if name != "course"},
            "course_id": courses.id_of(fields["course"]),
        }
        for key, fields in gathered.runs.items()
    }
    stored = read_rows(CourseRun.objects, unique="key", values=wanted)
    return courses, store_rows(CourseRun.objects, unique="key", wanted=wanted, stored=stored)


def _link_organizations(records: Sequence[ProgramRecord], programs: Stored[Program]) -> set[int]:
    """Store organizations and give each program its own, in order; return the changed programs."""
    given = [each for record in records for each in said(record.authoring_organizations)]
    loaded = load_organizations(organizations=given)
    ids = iter(loaded.ids)
    wanted = {}
    for record in records:
        theirs = [next(ids) for _ in said(record.authoring_organizations)]
        if len(set(theirs)) < len(theirs):
            raise refusal_of(record, "an authoring organization is there twice")
        if record.authoring_organizations is not UNSET:
            wanted[programs.id_of(record.uuid)] = theirs
    changed = replace_links(
        ProgramOrganization.objects,
        ends=("program_id", "organization_id"),
        wanted=wanted,
        ordered=True,
    )
    return changed | {
        program_id for program_id, theirs in wanted.items() if loaded.written_ids & set(theirs)
    }


def _link_runs(
    records: Sequence[ProgramRecord], programs: Stored[Program], runs: Stored[CourseRun]
) -> set[int]:
    """Give each program the course runs it names itself; return the changed programs."""
    return replace_links(
        Program.course_runs.through.objects,
        ends=("program_id", "courserun_id"),
        wanted={
            programs.id_of(record.uuid): list_run_ids(said(record.courses), runs)
            for record in records
            if record.courses is not UNSET
        },
    )
