"""Describing programs to people: organizations, curricula and course runs, by name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from matricula.lms.catalog.listing import filter_programs
from matricula.lms.catalog.models import CourseRun, Curriculum, Program
from matricula.lms.catalog.reading import read_program


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationOfProgram:
    """An organization of a program."""

    uuid: UUID
    key: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CurriculumOfProgram:
    """A curriculum, with the keys of the programs nested in it and of the course runs it names."""

    uuid: UUID
    name: str
    is_active: bool
    programs: Sequence[str]
    course_runs: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOfProgram:
    """A course run that is in a program, with its course's key."""

    key: str
    external_key: str
    course: str
    title: str
    start_at: datetime | None
    end_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramSummary:
    """A program in one line; the first of its organizations leads."""

    uuid: UUID
    key: str
    title: str
    type: str
    status: str
    mode: str
    organizations: Sequence[OrganizationOfProgram]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramDescription:
    """A program and all that is in it; ``course_runs`` has those of nested programs too."""

    program: ProgramSummary
    curricula: Sequence[CurriculumOfProgram]
    course_runs: Sequence[RunOfProgram]


def list_program_summaries(
    *, organization_ids: Collection[int] | None = None, after: str = "", limit: int | None = None
) -> list[ProgramSummary]:
    """Return all programs by key, or those led by the organizations; a fixed number of queries.

    A page begins ``after`` a key.
    """
    found = filter_programs(organization_ids=organization_ids).filter(key__gt=after)
    related = "programorganization_set__organization"
    page = found.order_by("key").prefetch_related(related)[:limit]
    return [_summarize(each) for each in page]


def describe_program(*, key: str) -> ProgramDescription:
    """Return the program of that key (letter case ignored) or uuid and what is in it.

    Raises:
        UnknownProgram: there is none.
    """
    found = read_program(key=key)
    program = Program.objects.get(pk=found.id)
    ids = [run.id for run in found.runs]
    runs = CourseRun.objects.filter(pk__in=ids).select_related("course").order_by("key")
    curricula = (
        Curriculum.objects.filter(program=program)
        .order_by("position", "pk")
        .prefetch_related("programs", "course_runs")
    )
    return ProgramDescription(
        program=_summarize(program),
        curricula=[_describe_curriculum(curriculum) for curriculum in curricula],
        course_runs=[
            RunOfProgram(
                key=run.key,
                external_key=run.external_key,
                course=run.course.key,
                title=run.title,
                start_at=run.start_at,
                end_at=run.end_at,
            )
            for run in runs
        ],
    )


def _summarize(program: Program) -> ProgramSummary:
    links = sorted(program.programorganization_set.all(), key=lambda link: link.position)
    return ProgramSummary(
        uuid=program.uuid,
        key=program.key,
        title=program.title,
        type=program.type,
        status=program.status,
        mode=program.mode,
        organizations=[
            OrganizationOfProgram(uuid=each.uuid, key=each.key, name=each.name)
            for each in (link.organization for link in links)
        ],
    )


def _describe_curriculum(curriculum: Curriculum) -> CurriculumOfProgram:
    return CurriculumOfProgram(
        uuid=curriculum.uuid,
        name=curriculum.name,
        is_active=curriculum.is_active,
        programs=sorted(program.key for program in curriculum.programs.all()),
        course_runs=sorted(run.key for run in curriculum.course_runs.all()),
    )
