"""The number of statements does not grow with the rows, and none of them is quadratic."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import WriteMode
from matricula.lms.kernel.staging import FEW
from matricula.lms.program_enrollments.api import ProgramRow, plan_program_enrollments
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    know_statistics,
    list_nodes,
    list_probed_indexes,
    list_quadratic_nodes,
    planning,
    read_kept_plan,
    run,
)

pytestmark = pytest.mark.django_db

STORED = 4000
BY_IDENTITY = {
    "one_enrollment_per_identity_and_curriculum",
    "a_program_enrollment_and_its_identity",
}
STAGING = {"DROP", "CREATE", "COPY", "ANALYZE"}


def keys(count: int, start: int = 0) -> list[str]:
    return [f"rv-{n}" for n in range(start, start + count)]


def statements(program: ProgramOutline, count: int) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        given.enrolled(*keys(count), program=program, status="ended")
    return [query["sql"].split(maxsplit=1)[0] for query in captured.captured_queries]


def test_the_number_of_statements_does_not_depend_on_the_rows() -> None:
    program = given.program()
    few = statements(program, 25)
    assert len(few) <= 8
    assert statements(program, FEW) == few
    many = statements(program, FEW + 1)
    assert [each for each in many if each not in STAGING] == few
    assert len(many) == len(few) + len(STAGING)
    assert statements(program, 5000) == many


def test_a_plan_takes_one_statement() -> None:
    program = given.program()
    for count, expected in ((25, 1), (5000, 1 + len(STAGING))):
        rows = [ProgramRow(line, key, "ended") for line, key in enumerate(keys(count))]
        with CaptureQueriesContext(connection) as captured:
            plan_program_enrollments(
                program=program, rows=rows, mode=WriteMode.UPSERT, by=given.OPERATOR
            )
        assert len(captured) - 2 == expected  # without the savepoint and its end


@pytest.fixture(params=STATISTICS)
def program(request: pytest.FixtureRequest) -> ProgramOutline:
    """A program of 4,000 of a school's students, who are in another one too."""
    made = given.program(active_curricula=2)
    given.enrolled(*keys(STORED), program=given.program("botany"))
    given.enrolled(*keys(STORED), program=made)
    know_statistics(request.param)
    return made


@pytest.mark.parametrize("count", [25, FEW, 5000])
@pytest.mark.parametrize("start", [0, STORED // 2, 2 * STORED], ids=["known", "some known", "new"])
def test_no_table_is_read_once_a_row(program: ProgramOutline, count: int, start: int) -> None:
    with planning("WITH judged", "INSERT INTO identity") as plans:
        given.enrolled(*keys(count, start), program=program, status="ended")
    assert len(plans) == 2
    for plan in plans:
        assert list_quadratic_nodes(plan) == []
        assert "enrollment_of_program" not in list_probed_indexes(plan)


def test_a_plan_kept_from_when_tables_were_small_asks_by_index() -> None:
    program = given.program()
    given.enrolled(*keys(2), program=program)
    know_statistics("true")
    run("SET LOCAL plan_cache_mode = force_generic_plan")  # as after some calls
    given.enrolled(*keys(2), program=program)
    run("SET LOCAL enable_seqscan = on")
    plan = read_kept_plan("WITH judged AS")
    assert "Seq Scan" not in {node["Node Type"] for node in list_nodes(plan)}
    assert "one_identity_per_kind_organization_and_folded_value" in list_probed_indexes(plan)


def test_each_row_asks_the_unique_indexes(program: ProgramOutline) -> None:
    with planning("WITH judged") as plans:
        given.enrolled(*keys(25), program=program, status="ended")
    probed = list_probed_indexes(plans[0])
    assert "one_identity_per_kind_organization_and_folded_value" in probed
    assert probed & BY_IDENTITY
    assert "Seq Scan" not in {node["Node Type"] for node in list_nodes(plans[0])}
