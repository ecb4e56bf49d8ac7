"""Counting a program's enrollments by status over time."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.program_enrollments.api import count_program_enrollments_by_month
from tests import given
from tests.lms.kernel.seeing import list_nodes, planning, run

pytestmark = pytest.mark.django_db

MARCH = datetime(2031, 3, 20, tzinfo=UTC)
STRANGER = Actor(kind=ActorKind.ACCOUNT, key="0", channel="test", account_id=0)


def on(month: int, day: int = 15) -> datetime:
    return datetime(2031, month, day, 9, tzinfo=UTC)


def count(
    program: ProgramOutline,
    *,
    months: int = 24,
    at: datetime = MARCH,
    by: Actor = given.OPERATOR,
) -> list[tuple[str, dict[str, int]]]:
    counted = count_program_enrollments_by_month(
        program_id=program.id, months=months, at=at, by=by
    )
    return [(each.month, each.counts) for each in counted]


def test_each_month_is_as_it_stood_at_its_end() -> None:
    program = given.program()
    given.enrolled("rv-1", "rv-2", program=program, at=on(1))
    given.enrolled("rv-1", program=program, status="suspended", at=on(2, 3))
    given.enrolled("rv-1", program=program, status="ended", at=on(2, 20))
    given.enrolled("rv-3", program=program, status="pending", at=on(3))
    given.enrolled("rv-4", program=given.program("geology"), at=on(3))

    assert count(program) == [
        ("2031-01", {"enrolled": 2}),
        ("2031-02", {"ended": 1, "enrolled": 1}),
        ("2031-03", {"ended": 1, "enrolled": 1, "pending": 1}),
    ]


def test_what_was_before_the_first_month_counts_in_it() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program, at=on(1))

    assert count(program, months=2) == [
        ("2031-02", {"enrolled": 1}),
        ("2031-03", {"enrolled": 1}),
    ]


def test_acts_are_where_they_say_that_they_were_and_none_is_of_the_future() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program, status="ended", at=on(2))
    given.enrolled("rv-1", program=program, at=on(1))
    given.enrolled("rv-2", program=program, at=on(4))

    assert count(program) == [
        ("2031-01", {"enrolled": 1}),
        *[(f"2031-0{month}", {"ended": 1}) for month in (2, 3)],
    ]


def test_the_end_of_a_year_is_none_of_a_program() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program, at=datetime(2030, 12, 31, 23, 59, tzinfo=UTC))

    assert [month for month, _ in count(program, at=on(1))] == ["2030-12", "2031-01"]


def test_a_program_without_anybody_has_no_months() -> None:
    assert count(given.program()) == []


def test_it_is_for_who_may_read_the_program() -> None:
    with pytest.raises(PermissionMissing):
        count(given.program(), by=STRANGER)


def test_more_students_and_months_take_no_more_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    program = given.program()
    for number in range(3):
        given.enrolled(*(f"rv-{number}-{each}" for each in range(40)), program=program)
    with django_assert_num_queries(1):
        assert count(program, months=60)[-1] == ("2031-03", {"enrolled": 120})


def test_changes_are_looked_up_in_the_order_of_rows_however_they_are_found() -> None:
    program = given.program()
    given.enrolled("rv-1", "rv-2", program=program)
    run("SET LOCAL enable_sort = off")  # unless it has to
    with planning("WITH member") as plans:
        count(program)
    [plan] = plans
    [found] = [node for node in list_nodes(plan) if node.get("Subplan Name") == "CTE member"]
    assert found["Node Type"] in {"Sort", "Unique"}
