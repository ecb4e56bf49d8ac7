"""The number of statements does not grow with the rows, and none of them is quadratic."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import DirectRow, write_direct_enrollments
from matricula.lms.identities.api import email_address
from matricula.lms.kernel.api import WriteMode
from matricula.lms.kernel.staging import FEW
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    know_statistics,
    list_nodes,
    list_probed_indexes,
    list_quadratic_nodes,
    planning,
)

pytestmark = pytest.mark.django_db

STORED = 4000
STAGING = {"DROP", "CREATE", "COPY", "ANALYZE"}
COUNTS = pytest.mark.parametrize("count", [25, FEW, 5000])


def keys(count: int, start: int = 0) -> list[str]:
    return [f"rv-{n}" for n in range(start, start + count)]


def grant(count: int, start: int = 0) -> None:
    run_id = given.course_run().pk
    rows = [
        DirectRow(line, email_address(f"{key}@example.org"), run_id, "verified", is_active=True)
        for line, key in enumerate(keys(count, start))
    ]
    write_direct_enrollments(rows=rows, mode=WriteMode.UPSERT, by=given.OPERATOR, at=given.NOW)


def statements(program: ProgramOutline, count: int, *, one_program_per_run: bool) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        given.on_course(
            *keys(count),
            program=program,
            run=given.course_run(),
            one_program_per_run=one_program_per_run,
        )
    return [query["sql"].split(maxsplit=1)[0] for query in captured.captured_queries]


@pytest.mark.parametrize("one_program_per_run", [True, False])
def test_the_number_of_statements_does_not_depend_on_the_rows(
    *, one_program_per_run: bool
) -> None:
    program = given.program(runs=[given.course_run()])
    given.enrolled(*keys(5000), program=program)
    few = statements(program, 25, one_program_per_run=one_program_per_run)
    assert len(few) <= 9 + one_program_per_run
    assert statements(program, FEW, one_program_per_run=one_program_per_run) == few
    many = statements(program, FEW + 1, one_program_per_run=one_program_per_run)
    assert [each for each in many if each not in STAGING] == few
    assert statements(program, 5000, one_program_per_run=one_program_per_run) == many


def test_neither_does_that_of_direct_grants() -> None:
    given.course_run()
    counts = []
    for count in (25, FEW, FEW + 1, 5000):
        with CaptureQueriesContext(connection) as captured:
            grant(count)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[2] == counts[3] == counts[0] + len(STAGING)


@pytest.fixture(params=STATISTICS)
def program(request: pytest.FixtureRequest) -> ProgramOutline:
    """4,000 students of a school in two programs that share a run, all on it through both."""
    shared = given.course_run()
    made = given.program(runs=[shared], active_curricula=2)
    other = given.program("botany", runs=[shared])
    for each in (other, made):
        given.enrolled(*keys(2 * STORED), program=each)
        given.on_course(*keys(STORED), program=each, run=shared, course_staff="true")
    know_statistics(request.param)
    return made


@COUNTS
@pytest.mark.parametrize("start", [0, STORED], ids=["known", "new"])
def test_no_table_is_read_once_a_row(program: ProgramOutline, count: int, start: int) -> None:
    with planning("WITH judged", "SELECT count(*) FROM (") as plans:
        for one_program_per_run in (False, True):
            given.on_course(
                *keys(min(count, STORED), start),
                *keys(max(count - STORED, 0), 2 * STORED),
                program=program,
                run=given.course_run(),
                status="inactive",
                course_staff="false",
                one_program_per_run=one_program_per_run,
            )
    assert len(plans) >= 2
    for plan in plans:
        assert list_quadratic_nodes(plan) == []
        assert "enrollment_of_program" not in list_probed_indexes(plan)


def test_each_row_asks_the_unique_indexes(program: ProgramOutline) -> None:
    with planning("WITH judged") as plans:
        given.on_course(*keys(25), program=program, run=given.course_run())
    probed = list_probed_indexes(plans[0])
    assert "one_identity_per_kind_organization_and_folded_value" in probed
    assert probed & {
        "one_enrollment_per_identity_and_curriculum",
        "a_program_enrollment_and_its_identity",
    }
    assert probed & {
        "one_grant_per_identity_run_and_program_enrollment",
        "grant_of_program_enrollment",  # a program enrollment has a few dozen grants at most
    }
    assert "Seq Scan" not in {node["Node Type"] for node in list_nodes(plans[0])}


@COUNTS
@pytest.mark.parametrize("statistics", STATISTICS)
def test_neither_is_one_for_direct_grants(count: int, statistics: str) -> None:
    grant(STORED)
    know_statistics(statistics)
    with planning("WITH judged", "INSERT INTO identity") as plans:
        grant(count, STORED // 2)
    assert len(plans) >= 2
    for plan in plans:
        assert list_quadratic_nodes(plan) == []
