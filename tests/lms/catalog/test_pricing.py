from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import UNSET, UnsetType

from matricula.lms.catalog.api import (
    CourseRecord,
    CourseRunMode,
    CourseRunRecord,
    ProgramRecord,
    SeatRecord,
)
from tests.lms.catalog.records import program, results

KEY = "course-v1:RiverU+HYD1+2031_T1"
AUDIT = SeatRecord(type="audit")
VERIFIED = SeatRecord(
    type="verified",
    price=Decimal("49.00"),
    currency="usd",
    upgrade_deadline=datetime(2031, 3, 1, tzinfo=UTC),
    sku="A1",
    bulk_sku="B1",
)
FREE = SeatRecord(type="verified")

Seats = tuple[SeatRecord, ...] | UnsetType


def hydrology(seats: Seats, *, name: str = "hydrology") -> ProgramRecord:
    run = CourseRunRecord(key=KEY, seats=seats)
    return program(name, courses=[CourseRecord(key="RiverU+HYD1", course_runs=(run,))])


def stored() -> dict[str, tuple[Decimal, str, str, str]]:
    return {
        row.mode: (row.min_price, row.currency, row.sku, row.bulk_sku)
        for row in CourseRunMode.objects.all()
    }


@pytest.mark.django_db
def test_a_course_run_is_offered_in_the_modes_that_its_seats_say() -> None:
    assert results(hydrology((AUDIT, VERIFIED))) == {"hydrology": "created"}
    assert stored() == {
        "audit": (Decimal(0), "", "", ""),
        "verified": (Decimal(49), "USD", "A1", "B1"),
    }
    assert CourseRunMode.objects.get(mode="verified").expires_at == VERIFIED.upgrade_deadline


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seats", "result", "modes"),
    [
        pytest.param(UNSET, "unchanged", {"audit", "verified"}, id="unsaid stays"),
        pytest.param((VERIFIED, AUDIT), "unchanged", {"audit", "verified"}, id="in another order"),
        pytest.param((AUDIT,), "updated", {"audit"}, id="a list is the whole list"),
        pytest.param((), "updated", set(), id="an empty one as well"),
        pytest.param((AUDIT, FREE), "updated", {"audit", "verified"}, id="another price"),
        pytest.param((SeatRecord(type="honor"),), "updated", {"honor"}, id="another"),
    ],
)
def test_what_is_said_again_is_what_is_stored(seats: Seats, result: str, modes: set[str]) -> None:
    results(hydrology((AUDIT, VERIFIED)))
    assert results(hydrology(seats)) == {"hydrology": result}
    assert stored().keys() == modes
    assert results(hydrology(seats)) == {"hydrology": "unchanged"}


@pytest.mark.django_db
def test_a_seat_is_said_whole() -> None:
    results(hydrology((VERIFIED,)))
    results(hydrology((FREE,)))
    assert stored() == {"verified": (Decimal(0), "", "", "")}


@pytest.mark.django_db
def test_of_several_seats_of_one_type_the_first_counts() -> None:
    results(hydrology((VERIFIED, SeatRecord(type="verified", currency="EUR"))))
    assert stored() == {"verified": (Decimal(49), "USD", "A1", "B1")}


@pytest.mark.django_db
def test_a_place_that_does_not_say_seats_does_not_contradict_one_that_does() -> None:
    results(hydrology(UNSET), hydrology((AUDIT,), name="botany"))
    assert stored().keys() == {"audit"}


@pytest.mark.django_db
def test_seats_of_other_course_runs_are_left_alone() -> None:
    results(hydrology((AUDIT,)))
    run = CourseRunRecord(key="course-v1:RiverU+HYD1+2032", seats=())
    results(program("botany", courses=[CourseRecord(key="RiverU+HYD1", course_runs=(run,))]))
    assert stored().keys() == {"audit"}
