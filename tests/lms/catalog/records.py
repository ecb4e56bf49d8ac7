"""Catalogs to load, in few words."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from matricula.lms.catalog.api import (
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    Loaded,
    ProgramRecord,
    get_program,
    load_catalog,
)
from matricula.lms.organizations.api import OrganizationRecord
from tests import given

NAMES = UUID("9a8b7c6d-0000-4000-8000-000000000000")
RIVERU, HILLU = OrganizationRecord(key="RiverU", name="River U"), OrganizationRecord(key="HillU")


def uuid(name: str) -> UUID:
    return uuid5(NAMES, name)


def course(number: str, *runs: str, title: str = "", external_key: str = "") -> CourseRecord:
    return CourseRecord(
        key=f"RiverU+{number}",
        title=title,
        course_runs=tuple(
            CourseRunRecord(key=f"course-v1:RiverU+{number}+{run}", external_key=external_key)
            for run in runs
        ),
    )


def curriculum(
    name: str,
    *courses: CourseRecord,
    is_active: bool = True,
    programs: Sequence[ProgramRecord] = (),
) -> CurriculumRecord:
    return CurriculumRecord(
        uuid=uuid(name), name=name, is_active=is_active, courses=courses, programs=tuple(programs)
    )


def program(
    name: str,
    *curricula: CurriculumRecord,
    title: str = "",
    type_: str = "Masters",
    courses: Sequence[CourseRecord] = (),
    organizations: Sequence[OrganizationRecord] = (RIVERU,),
) -> ProgramRecord:
    return ProgramRecord(
        uuid=uuid(name),
        title=title or name.title(),
        type=type_,
        status="active",
        marketing_slug=name,
        authoring_organizations=tuple(organizations),
        courses=tuple(courses),
        curricula=curricula,
    )


def load(*programs: ProgramRecord) -> list[Loaded]:
    return load_catalog(programs=programs, by=given.OPERATOR, at=given.NOW)


def results(*programs: ProgramRecord) -> dict[str, str]:
    return {each.key: each.result.value for each in load(*programs)}


def run_numbers(key: str) -> list[str]:
    return [run.key.split("+")[1] for run in get_program(key=key).runs]
