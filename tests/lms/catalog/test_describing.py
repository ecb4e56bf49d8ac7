import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.catalog.api import (
    UnknownProgram,
    describe_program,
    list_program_summaries,
)
from tests import given


@pytest.mark.django_db
def test_a_program_is_described_with_all_that_is_in_it() -> None:
    run = given.course_run("HYD1", external_key="H1")
    given.program("hydrology", runs=[run], inactive_curricula=1)
    described = describe_program(key="HYDROLOGY")
    assert (described.program.key, described.program.mode) == ("hydrology", "masters")
    assert [each.key for each in described.program.organizations] == ["RiverU"]
    assert [each.is_active for each in described.curricula] == [True, False]
    [in_it] = described.course_runs
    assert (in_it.key, in_it.external_key, in_it.course) == (run.key, "H1", "RiverU+HYD1")


@pytest.mark.django_db
def test_a_program_may_be_named_by_its_uuid() -> None:
    made = given.program("hydrology")
    assert describe_program(key=str(made.uuid)).program.key == "hydrology"


@pytest.mark.django_db
def test_a_program_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownProgram, match="There is no program 'nothing'"):
        describe_program(key="nothing")


@pytest.mark.django_db
def test_programs_are_listed_in_a_fixed_number_of_queries() -> None:
    for name in ("soil", "air", "water"):
        given.program(name)
    with CaptureQueriesContext(connection) as queries:
        assert [each.key for each in list_program_summaries()] == ["air", "soil", "water"]
    assert len(queries) == 3
    assert [each.key for each in list_program_summaries(after="air", limit=1)] == ["soil"]
    assert list_program_summaries(organization_ids=[]) == []
