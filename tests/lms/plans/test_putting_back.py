"""Putting back many rows: they are foreseen and compared some at a time."""

import tracemalloc
from collections.abc import Callable

import pytest

from matricula.lms.catalog.api import get_program
from matricula.lms.plans import putting_back
from matricula.lms.plans.api import Plan, PlanStale
from matricula.lms.program_enrollments.api import ProgramEnrollment
from matricula.lms.rosters import keeping
from tests import given
from tests.lms.plans.planning import applied, planned, roster, rows_of, undone

pytestmark = pytest.mark.django_db

FEW, MANY = 500, 4_000


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(putting_back, "AT_ONCE", 100)
    monkeypatch.setattr(keeping, "CHUNK_ROWS", 100)


def written(program: str, count: int) -> Plan:
    rows = [(f"rv-{number}", "enrolled") for number in range(count)]
    return applied(planned(roster(*rows), program=given.program(program)))


def test_all_rows_are_put_back_whatever_chunk_they_are_in() -> None:
    undo = undone(written("hydrology", FEW))
    assert [row.line for row in rows_of(undo)] == list(range(1, FEW + 1))
    assert (undo.job.rows, undo.job.counts) == (FEW, {"undo": FEW})
    applied(undo)
    assert not ProgramEnrollment.objects.exists()


def test_rows_that_have_moved_are_found_in_any_chunk() -> None:
    undo = undone(written("hydrology", FEW))
    theirs = rows_of(undo)[450].student_key
    given.enrolled(theirs, program=get_program(key="hydrology"), status="ended")
    with pytest.raises(PlanStale) as caught:
        applied(undo)
    assert [row["line"] for row in caught.value.plan.moved] == [451]


def test_many_rows_take_no_more_room_than_few() -> None:
    def peaks_of(program: str, count: int) -> tuple[int, int]:
        plan = written(program, count)
        undos: list[Plan] = []
        making = peak_of(lambda: undos.append(undone(plan)))
        return making, peak_of(lambda: applied(undos[0]))

    few, many = peaks_of("hydrology", FEW), peaks_of("botany", MANY)
    assert [most < 2 * least for least, most in zip(few, many, strict=True)] == [True, True]


def peak_of(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
