"""Whose a program is."""

import pytest

from matricula.lms.catalog.api import (
    Program,
    ProgramLead,
    ProgramOrganization,
    ProgramWithoutOrganization,
    UnknownProgram,
    get_program,
    get_program_lead,
)
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


def test_a_program_is_found_by_key_or_uuid_as_the_whole_one_is() -> None:
    program = given.program()
    ProgramOrganization.objects.create(
        program_id=program.id, organization=given.school("LakeU"), position=1
    )
    lead = ProgramLead(program.id, "hydrology", given.school().pk)
    for key in ("hydrology", " HYDROLOGY ", str(program.uuid), program.uuid.hex):
        assert get_program_lead(key=key) == lead
        assert get_program(key=key).organization_id == lead.organization_id


def test_a_uuid_comes_before_a_key_that_looks_like_one() -> None:
    program, other = given.program(), given.program("lakes")
    Program.objects.filter(pk=other.id).update(key=str(program.uuid))
    assert get_program_lead(key=str(program.uuid)).id == program.id
    assert get_program(key=str(program.uuid)).id == program.id


@pytest.mark.parametrize("key", ["", "nothing", "a\x00b", "00000000-0000-0000-0000-000000000000"])
def test_what_is_none_is_refused(key: str) -> None:
    given.program()
    with pytest.raises(UnknownProgram):
        get_program_lead(key=key)


def test_one_without_an_organization_is_nobodys() -> None:
    program = given.program()
    ProgramOrganization.objects.all().delete()
    with pytest.raises(ProgramWithoutOrganization):
        get_program_lead(key=program.key)


def test_it_takes_one_statement() -> None:
    given.program()
    assert count_statements(lambda: get_program_lead(key="hydrology")) == 1
