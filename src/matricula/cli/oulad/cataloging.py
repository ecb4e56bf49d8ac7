"""The catalog the dataset stands for: a school, its modules, three degrees that share them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from uuid import UUID, uuid5

from matricula.cli.oulad.reading import Presentation
from matricula.lms.catalog.api import (
    INSTRUCTOR_PACED,
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    ProgramOutline,
    ProgramRecord,
)
from matricula.lms.organizations.api import OrganizationRecord

SCHOOL = "OpenU"
OPEN_DEGREE = "ou-open-degree"

_TITLES = {
    OPEN_DEGREE: "Open degree",
    "ou-stem": "STEM degree",
    "ou-social-sciences": "Social sciences degree",
}
_MODULES = {
    "ou-stem": frozenset({"CCC", "DDD", "EEE", "FFF"}),
    "ou-social-sciences": frozenset({"AAA", "BBB", "GGG"}),
}
_UUIDS = UUID("0d2c5b4e-7a3f-5a57-9a2c-3f1f7f6c1b90")


def list_programs(presentations: Iterable[Presentation]) -> list[ProgramRecord]:
    """Return the three degrees. The open one has every module."""
    courses = _list_courses(presentations)
    return [
        _make_program(
            key,
            [course for module, course in courses.items() if module in _MODULES.get(key, courses)],
        )
        for key in _TITLES
    ]


def run_key(presentation: Presentation) -> str:
    """Return the key of a presentation's course run."""
    return f"course-v1:{SCHOOL}+{presentation.module}+{presentation.name}"


def map_run_ids(
    program: ProgramOutline, presentations: Iterable[Presentation]
) -> dict[Presentation, int]:
    """Return the ids of the presentations' course runs, as the catalog has them now."""
    ids = {run.key: run.id for run in program.runs}
    return {presentation: ids[run_key(presentation)] for presentation in presentations}


def _list_courses(presentations: Iterable[Presentation]) -> Mapping[str, CourseRecord]:
    ordered = sorted(presentations, key=lambda each: (each.module, each.name))
    return {
        module: CourseRecord(
            key=f"{SCHOOL}+{module}",
            title=f"Module {module}",
            course_runs=tuple(
                CourseRunRecord(
                    key=run_key(each),
                    title=f"Module {module}, {each.name}",
                    start=_midnight(each.start),
                    end=_midnight(each.end),
                    pacing_type=INSTRUCTOR_PACED,
                )
                for each in group
            ),
        )
        for module, group in groupby(ordered, key=lambda each: each.module)
    }


def _make_program(key: str, courses: Sequence[CourseRecord]) -> ProgramRecord:
    uuid = uuid5(_UUIDS, key)
    return ProgramRecord(
        uuid=uuid,
        key=key,
        title=_TITLES[key],
        type="Bachelors",
        status="active",
        mode="verified",
        authoring_organizations=(
            OrganizationRecord(key=SCHOOL, uuid=uuid5(_UUIDS, SCHOOL), name="The Open University"),
        ),
        curricula=(CurriculumRecord(uuid=uuid5(uuid, "1"), courses=tuple(courses)),),
    )


def _midnight(each: date) -> datetime:
    return datetime.combine(each, time(), tzinfo=UTC)
