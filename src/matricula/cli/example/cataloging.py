"""What the example school teaches: three programs that share courses."""

from uuid import UUID, uuid5

from matricula.lms.catalog.api import (
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    ProgramRecord,
)
from matricula.lms.organizations.api import OrganizationRecord

SCHOOL = "LindenU"
SCHOOL_NAME = "Linden University"
WRITING = "WRI400"
"""The course that anybody may be invited to."""

COURSES = {
    "CLI510": "Climate Science",
    "DAT525": "Managing Data",
    "EPI501": "Epidemiology",
    "ETH500": "Research Ethics",
    "GEO540": "Maps and Places",
    "HPO515": "Health Policy",
    "HYD505": "Hydrology",
    "LRN520": "Learning Machines",
    "PRG510": "Programming for Research",
    "STA501": "Statistical Thinking",
    "URB520": "Cities and Water",
    "WRI400": "Academic Writing",
}
TERMS = {"2026_Autumn": "26A", "2027_Spring": "27S"}
PROGRAMS = {
    "data-science": (
        "MSc Data Science",
        ("STA501", "PRG510", "DAT525", "LRN520", "ETH500", "WRI400"),
    ),
    "public-health": (
        "Master of Public Health",
        ("EPI501", "STA501", "HPO515", "GEO540", "PRG510", "ETH500", "WRI400"),
    ),
    "climate-adaptation": (
        "MSc Climate Adaptation",
        ("CLI510", "HYD505", "URB520", "GEO540", "STA501", "ETH500", "WRI400"),
    ),
}

_UUIDS = UUID("5a1f0c1d-6f0e-5b43-8c55-9b7d2f0a4e61")


def list_programs() -> list[ProgramRecord]:
    """Return the programs as a catalog names them."""
    return [_make_program(key, title, numbers) for key, (title, numbers) in PROGRAMS.items()]


def run_key(number: str, term: str) -> str:
    """Return the key of a course run: ``course-v1:LindenU+STA501+2026_Autumn``."""
    return f"course-v1:{SCHOOL}+{number}+{term}"


def external_key(number: str, term: str) -> str:
    """Return what the school calls a course run: ``STA501-26A``."""
    return f"{number}-{TERMS[term]}"


def _make_program(key: str, title: str, numbers: tuple[str, ...]) -> ProgramRecord:
    uuid = uuid5(_UUIDS, key)
    school = OrganizationRecord(key=SCHOOL, uuid=uuid5(_UUIDS, SCHOOL), name=SCHOOL_NAME)
    return ProgramRecord(
        uuid=uuid,
        key=key,
        title=title,
        type="Masters",
        status="active",
        marketing_slug=key,
        authoring_organizations=(school,),
        curricula=(
            CurriculumRecord(
                uuid=uuid5(uuid, "2026"),
                name="2026",
                is_active=True,
                courses=tuple(_make_course(number) for number in numbers),
            ),
            CurriculumRecord(uuid=uuid5(uuid, "2021"), name="2021", is_active=False, courses=()),
        ),
    )


def _make_course(number: str) -> CourseRecord:
    title = COURSES[number]
    return CourseRecord(
        key=f"{SCHOOL}+{number}",
        title=title,
        course_runs=tuple(
            CourseRunRecord(
                key=run_key(number, term), external_key=external_key(number, term), title=title
            )
            for term in TERMS
        ),
    )
