from decimal import Decimal
from typing import Any

import pytest

from matricula.lms.catalog.api import (
    CourseRecord,
    CourseRun,
    CourseRunRecord,
    InvalidCatalog,
    Program,
    ProgramRecord,
    SeatRecord,
)
from matricula.lms.organizations.api import Organization, OrganizationRecord
from tests.lms.catalog.records import (
    RIVERU,
    course,
    curriculum,
    load,
    program,
    uuid,
)


def run_of(name: str, **said: Any) -> ProgramRecord:  # noqa: ANN401  whatever a run may say
    run = CourseRunRecord(key="course-v1:RiverU+X+1", **said)
    return program(name, courses=[CourseRecord(key="RiverU+X", course_runs=(run,))])


REFUSED = {
    "two keys alike": (
        [
            ProgramRecord(uuid=uuid("a"), key="One", title="A"),
            ProgramRecord(uuid=uuid("b"), key="one", title="B"),
        ],
        f"'B' ({uuid('b')}): its key 'one' is that of {uuid('a')}",
    ),
    "a colon in a key": (
        [ProgramRecord(uuid=uuid("a"), key="a:b", title="A")],
        f"'A' ({uuid('a')}): its key 'a:b' has a colon",
    ),
    "an unknown mode": ([ProgramRecord(uuid=uuid("a"), mode="gold")], "no course mode 'gold'"),
    "no course run key": (
        [program("a", courses=[CourseRecord(key="X", course_runs=(CourseRunRecord(key="x/y"),))])],
        "'A' .*: 'x/y' is no course run key",
    ),
    "a blank course": (
        [program("a", courses=[CourseRecord(key=" ")])],
        "a course has a blank key",
    ),
    "a blank organization": (
        [program("a", organizations=[OrganizationRecord(key=" ")])],
        "an authoring organization has a blank key",
    ),
    "an organization twice": (
        [program("a", organizations=[RIVERU, OrganizationRecord(key="riveru")])],
        "an authoring organization is there twice",
    ),
    "a curriculum twice": ([program("a", curriculum("c"), curriculum("c"))], "is already of 'A'"),
    "a curriculum of two programs": (
        [program("a", curriculum("c")), program("b", curriculum("c"))],
        "'B' .* is already of 'A'",
    ),
    "a program in two ways": (
        [program("a", title="One"), program("a", title="Two")],
        "'Two' .*: it is there twice, and the two differ",
    ),
    "a course run in two ways": (
        [
            program("a", courses=[course("X", "1", external_key="p")]),
            program("b", courses=[course("X", "1", external_key="q")]),
        ],
        "'B' .*: the external_key of course run .* is p in one place and q in another",
    ),
    "an unknown mode of a seat": (
        [run_of("a", seats=(SeatRecord(type="gold"),))],
        "'A' .*: course run course-v1:RiverU.X.1 has a seat of mode 'gold', and there are only",
    ),
    "a price below zero": (
        [run_of("a", seats=(SeatRecord(type="audit", price=Decimal(-1)),))],
        "'A' .* a seat of mode 'audit' at the price -1",
    ),
    "a price that is no number": (
        [run_of("a", seats=(SeatRecord(type="audit", price=Decimal("NaN")),))],
        "at the price NaN",
    ),
    "a price that nobody can pay": (
        [run_of("a", seats=(SeatRecord(type="audit", price=Decimal("1e400")),))],
        "at the price 1E.400",
    ),
    "half a cent": (
        [run_of("a", seats=(SeatRecord(type="audit", price=Decimal("0.005")),))],
        "at the price 0.005",
    ),
    "seats in two ways": (
        [run_of("a", seats=()), run_of("b", seats=(SeatRecord(type="audit"),))],
        "'B' .*: the seats of course run .* differ between places",
    ),
    "an unknown pacing": (
        [run_of("a", pacing_type="slow")],
        "'A' .* has pacing 'slow', not one of instructor_paced, self_paced",
    ),
    "a program nested nowhere": (
        [program("a", curriculum("c", programs=[ProgramRecord(uuid=uuid("x"))]))],
        f"'A' .*: there is no program {uuid('x')} to nest in it",
    ),
    "nothing but a uuid": ([ProgramRecord(uuid=uuid("a"))], "nothing but its uuid is said"),
    "a program in itself": (
        [program("a", curriculum("c", programs=[ProgramRecord(uuid=uuid("a"))]))],
        "nested in a circle: 'a' in 'a'",
    ),
    "programs in each other": (
        [
            program("a", curriculum("c", programs=[ProgramRecord(uuid=uuid("b"))])),
            program("b", curriculum("d", programs=[ProgramRecord(uuid=uuid("a"))])),
        ],
        "nested in a circle",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_record_stops_the_whole_load_and_is_named(name: str) -> None:
    records, words = REFUSED[name]
    words = words.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(InvalidCatalog, match=words):
        load(program("good", curriculum("g", course("GOOD", "1"))), *records)
    assert not Program.objects.exists()
    assert not CourseRun.objects.exists()
    assert not Organization.objects.exists()


@pytest.mark.django_db
def test_a_key_of_a_stored_program_is_refused() -> None:
    load(program("a"))
    with pytest.raises(InvalidCatalog, match="its key 'A' is that of"):
        load(ProgramRecord(uuid=uuid("b"), key="A"))


@pytest.mark.django_db
def test_a_curriculum_of_another_stored_program_is_refused() -> None:
    load(program("a", curriculum("c")))
    with pytest.raises(InvalidCatalog, match="is another program's"):
        load(program("b", curriculum("c")))


@pytest.mark.django_db
def test_a_circle_through_a_stored_program_is_refused() -> None:
    load(program("a", curriculum("c", programs=[program("b")])))
    with pytest.raises(InvalidCatalog, match="nested in a circle"):
        load(program("b", curriculum("d", programs=[ProgramRecord(uuid=uuid("a"))])))
