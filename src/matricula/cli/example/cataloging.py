"""What the example school teaches: three programs that share courses."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from matricula.lms.catalog.api import (
    INSTRUCTOR_PACED,
    SELF_PACED,
    CourseRecord,
    CourseRunRecord,
    CurriculumRecord,
    ProgramRecord,
    SeatRecord,
)
from matricula.lms.organizations.api import OrganizationRecord

SCHOOL = "LindenU"
SCHOOL_NAME = "Linden University"
SITE = "https://linden.example"
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


@dataclass(frozen=True, slots=True)
class Term:
    """When a term is. A block course fills its first half or its second."""

    start: date
    half: date
    end: date


DATES = {
    "2026_Autumn": Term(date(2026, 8, 31), date(2026, 10, 31), date(2027, 1, 23)),
    "2027_Spring": Term(date(2027, 2, 8), date(2027, 4, 10), date(2027, 7, 3)),
}
FIRST_HALF = ("EPI501", "PRG510", "STA501")
SECOND_HALF = ("ETH500", "GEO540", "HPO515", "LRN520")
SELF_STUDY = ("ETH500", WRITING)
ENROLLMENT_OPENS = timedelta(weeks=12)
ENROLLMENT_CLOSES = timedelta(weeks=2)
"""So long before a course run starts, and so long after it. To study by oneself is always open."""

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
        marketing_url=f"{SITE}/programs/{key}",
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
    return CourseRecord(
        key=f"{SCHOOL}+{number}",
        title=COURSES[number],
        marketing_url=f"{SITE}/courses/{number.lower()}",
        course_runs=tuple(_make_run(number, term) for term in TERMS),
    )


def _make_run(number: str, term: str) -> CourseRunRecord:
    dates = DATES[term]
    start = _midnight(dates.half if number in SECOND_HALF else dates.start)
    end = _midnight(dates.half if number in FIRST_HALF else dates.end)
    is_always_open = number in SELF_STUDY
    return CourseRunRecord(
        key=run_key(number, term),
        external_key=external_key(number, term),
        title=COURSES[number],
        start=start,
        end=end,
        enrollment_start=None if is_always_open else start - ENROLLMENT_OPENS,
        enrollment_end=None if is_always_open else start + ENROLLMENT_CLOSES,
        pacing_type=SELF_PACED if number in SELF_STUDY else INSTRUCTOR_PACED,
        invite_only=number != WRITING,
        seats=_price(number),
    )


def _price(number: str) -> tuple[SeatRecord, ...]:
    """Return what a seat costs: the writing course has a certificate to buy, the others do not."""
    free = SeatRecord(type="audit", price=Decimal(0), currency="USD")
    bought = SeatRecord(type="verified", price=Decimal("49.00"), currency="USD", sku="WRI400-CERT")
    degree = SeatRecord(type="masters", price=Decimal("640.00"), currency="USD")
    return (free, bought, degree) if number == WRITING else (free, degree)


def _midnight(each: date) -> datetime:
    return datetime.combine(each, time(), tzinfo=UTC)
