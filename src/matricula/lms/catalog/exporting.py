"""The catalog going out in the shape in which it comes in: loaded again, it changes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from msgspec import structs

from matricula.lms.catalog.listing import filter_programs
from matricula.lms.catalog.models import (
    CourseRun,
    CourseRunMode,
    Curriculum,
    Program,
    ProgramOrganization,
)
from matricula.lms.catalog.modes import MODE_RANK
from matricula.lms.catalog.reading import UnknownProgram
from matricula.lms.catalog.records import (
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    ProgramRecord,
    SeatRecord,
)
from matricula.lms.organizations.api import Organization, OrganizationRecord

PAGE = 20

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """Some of the programs that were asked for, and how many there are of them in all."""

    count: int
    programs: Sequence[ProgramRecord]


def list_program_records(
    *,
    types: Iterable[str] | None = None,
    statuses: Iterable[str] | None = None,
    uuids: Collection[UUID] | None = None,
    organization_ids: Collection[int] | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> ProgramPage:
    """Return whole records by uuid, in a fixed number of queries; filters as ``filter_programs``.

    Nested programs say their uuid alone. A course run's seats are those that the catalog says, so
    that none are made from what is only implied.
    """
    found = filter_programs(
        types=types, statuses=statuses, uuids=uuids, organization_ids=organization_ids
    )
    page = found.order_by("uuid")[offset : offset + limit]
    return ProgramPage(count=found.count(), programs=_record_programs(page))


def get_program_record(*, uuid: UUID) -> ProgramRecord:
    """Return the whole record of one program.

    Raises:
        UnknownProgram: there is none.
    """
    records = _record_programs(Program.objects.filter(uuid=uuid))
    if not records:
        message = f"There is no program {str(uuid)!r}."
        raise UnknownProgram(message)
    return records[0]


@dataclass(frozen=True, slots=True)
class _RunOfCourse:
    course: CourseRecord
    """Without its runs."""
    run: CourseRunRecord


@dataclass(frozen=True, slots=True)
class _Contents:
    """What is in programs and in curricula, by their ids."""

    organizations: Mapping[int, Sequence[OrganizationRecord]]
    curricula: Mapping[int, Sequence[Curriculum]]
    nested: Mapping[int, Sequence[ProgramRecord]]
    courses_of_programs: Mapping[int, tuple[CourseRecord, ...]]
    courses_of_curricula: Mapping[int, tuple[CourseRecord, ...]]


def _record_programs(programs: QuerySet[Program]) -> list[ProgramRecord]:
    rows = list(programs)
    contents = _read_contents([program.pk for program in rows])
    return [_record_program(program, contents) for program in rows]


def _record_program(program: Program, contents: _Contents) -> ProgramRecord:
    return ProgramRecord(
        uuid=program.uuid,
        key=program.key,
        title=program.title,
        type=program.type,
        status=program.status,
        marketing_slug=program.slug,
        marketing_url=program.marketing_url or None,
        mode=program.mode,
        authoring_organizations=tuple(contents.organizations.get(program.pk, ())),
        courses=contents.courses_of_programs.get(program.pk, ()),
        curricula=tuple(
            CurriculumRecord(
                uuid=curriculum.uuid,
                name=curriculum.name,
                is_active=curriculum.is_active,
                courses=contents.courses_of_curricula.get(curriculum.pk, ()),
                programs=tuple(contents.nested.get(curriculum.pk, ())),
            )
            for curriculum in contents.curricula.get(program.pk, ())
        ),
    )


def _read_contents(program_ids: Sequence[int]) -> _Contents:
    links = ProgramOrganization.objects.filter(program__in=program_ids).order_by("position")
    curricula = Curriculum.objects.filter(program__in=program_ids).order_by("position", "pk")
    nested = Curriculum.programs.through.objects.filter(curriculum__program__in=program_ids)
    named = Program.course_runs.through.objects.filter(program__in=program_ids)
    listed = Curriculum.course_runs.through.objects.filter(curriculum__program__in=program_ids)
    named_ids = _group(named.values_list("program_id", "courserun_id"))
    listed_ids = _group(listed.values_list("curriculum_id", "courserun_id"))
    runs = _read_runs({*chain(*named_ids.values()), *chain(*listed_ids.values())})
    return _Contents(
        organizations=_group(
            (link.program_id, _record_organization(link.organization))
            for link in links.select_related("organization")
        ),
        curricula=_group((curriculum.program_id, curriculum) for curriculum in curricula),
        nested=_group(
            (curriculum_id, ProgramRecord(uuid=uuid))
            for curriculum_id, uuid in nested.order_by("program__key").values_list(
                "curriculum_id", "program__uuid"
            )
        ),
        courses_of_programs=_group_by_course(named_ids, runs),
        courses_of_curricula=_group_by_course(listed_ids, runs),
    )


def _read_runs(run_ids: Collection[int]) -> dict[int, _RunOfCourse]:
    """Return the runs as plain values: as model instances they would take four times as long."""
    seats: dict[int, list[SeatRecord]] = defaultdict(list)
    modes = CourseRunMode.objects.filter(course_run__in=run_ids)
    for mode in sorted(modes, key=lambda each: MODE_RANK[each.mode]):
        seats[mode.course_run_id].append(_record_seat(mode))
    rows = CourseRun.objects.filter(pk__in=run_ids).values(
        *("pk", "key", "external_key", "title", "marketing_url", "start_at", "end_at"),
        *("enrollment_start_at", "enrollment_end_at", "pacing", "is_invitation_only"),
        *("course__key", "course__title", "course__marketing_url"),
    )
    return {
        row["pk"]: _RunOfCourse(_record_course(row), _record_run(row, seats.get(row["pk"], ())))
        for row in rows
    }


def _group_by_course(
    run_ids: Mapping[int, Sequence[int]], runs: Mapping[int, _RunOfCourse]
) -> dict[int, tuple[CourseRecord, ...]]:
    """Return the courses of each owner with those of their runs that are the owner's, by key."""
    owned = {
        owner: sorted((runs[run_id] for run_id in theirs), key=attrgetter("course.key", "run.key"))
        for owner, theirs in run_ids.items()
    }
    return {
        owner: tuple(
            structs.replace(course, course_runs=tuple(each.run for each in group))
            for course, group in groupby(theirs, key=attrgetter("course"))
        )
        for owner, theirs in owned.items()
    }


def _group(pairs: Iterable[tuple[int, Item]]) -> dict[int, list[Item]]:
    grouped: dict[int, list[Item]] = defaultdict(list)
    for owner, item in pairs:
        grouped[owner].append(item)
    return dict(grouped)


def _record_organization(organization: Organization) -> OrganizationRecord:
    return OrganizationRecord(key=organization.key, uuid=organization.uuid, name=organization.name)


def _record_course(row: Mapping[str, Any]) -> CourseRecord:
    return CourseRecord(
        key=row["course__key"],
        title=row["course__title"],
        marketing_url=row["course__marketing_url"] or None,
    )


def _record_run(row: Mapping[str, Any], seats: Sequence[SeatRecord]) -> CourseRunRecord:
    return CourseRunRecord(
        key=row["key"],
        external_key=row["external_key"] or None,
        title=row["title"],
        marketing_url=row["marketing_url"] or None,
        start=row["start_at"],
        end=row["end_at"],
        enrollment_start=row["enrollment_start_at"],
        enrollment_end=row["enrollment_end_at"],
        pacing_type=row["pacing"] or None,
        invite_only=row["is_invitation_only"],
        seats=tuple(seats),
    )


def _record_seat(mode: CourseRunMode) -> SeatRecord:
    return SeatRecord(
        type=mode.mode,
        price=mode.min_price,
        currency=mode.currency,
        upgrade_deadline=mode.expires_at,
        credit_provider=mode.credit_provider or None,
        sku=mode.sku or None,
        bulk_sku=mode.bulk_sku or None,
    )
