"""The catalog going out in the shape in which it comes in: loaded again, it changes nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db.models import QuerySet

from matricula.lms.catalog.listing import filter_programs
from matricula.lms.catalog.models import CourseRun, CourseRunMode, Curriculum, Program
from matricula.lms.catalog.modes import MODE_RANK
from matricula.lms.catalog.reading import UnknownProgram
from matricula.lms.catalog.records import (
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    ProgramRecord,
    SeatRecord,
)
from matricula.lms.organizations.api import OrganizationRecord

PAGE = 20

_CONTENTS = (
    "programorganization_set__organization",
    "course_runs__course",
    "course_runs__modes",
    "curriculum_set__course_runs__course",
    "curriculum_set__course_runs__modes",
    "curriculum_set__programs",
)


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


def _record_programs(programs: QuerySet[Program]) -> list[ProgramRecord]:
    return [_record_program(program) for program in programs.prefetch_related(*_CONTENTS)]


def _record_program(program: Program) -> ProgramRecord:
    links = sorted(program.programorganization_set.all(), key=attrgetter("position"))
    curricula = sorted(program.curriculum_set.all(), key=attrgetter("position", "pk"))
    return ProgramRecord(
        uuid=program.uuid,
        key=program.key,
        title=program.title,
        type=program.type,
        status=program.status,
        marketing_slug=program.slug,
        marketing_url=program.marketing_url or None,
        mode=program.mode,
        authoring_organizations=tuple(
            OrganizationRecord(key=each.key, uuid=each.uuid, name=each.name)
            for each in (link.organization for link in links)
        ),
        courses=_record_courses(program.course_runs.all()),
        curricula=tuple(_record_curriculum(curriculum) for curriculum in curricula),
    )


def _record_curriculum(curriculum: Curriculum) -> CurriculumRecord:
    nested = sorted(curriculum.programs.all(), key=attrgetter("key"))
    return CurriculumRecord(
        uuid=curriculum.uuid,
        name=curriculum.name,
        is_active=curriculum.is_active,
        courses=_record_courses(curriculum.course_runs.all()),
        programs=tuple(ProgramRecord(uuid=program.uuid) for program in nested),
    )


def _record_courses(runs: Iterable[CourseRun]) -> tuple[CourseRecord, ...]:
    ordered = sorted(runs, key=attrgetter("course.key", "key"))
    return tuple(
        CourseRecord(
            key=course.key,
            title=course.title,
            marketing_url=course.marketing_url or None,
            course_runs=tuple(_record_run(run) for run in theirs),
        )
        for course, theirs in groupby(ordered, key=attrgetter("course"))
    )


def _record_run(run: CourseRun) -> CourseRunRecord:
    modes = sorted(run.modes.all(), key=lambda each: MODE_RANK[each.mode])
    return CourseRunRecord(
        key=run.key,
        external_key=run.external_key or None,
        title=run.title,
        marketing_url=run.marketing_url or None,
        start=run.start_at,
        end=run.end_at,
        enrollment_start=run.enrollment_start_at,
        enrollment_end=run.enrollment_end_at,
        pacing_type=run.pacing or None,
        invite_only=run.is_invitation_only,
        seats=tuple(_record_seat(mode) for mode in modes),
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
