"""Organizations and programs in step with the LMS's catalog."""

import msgspec
import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.registrar.partners.api import (
    Organization,
    PermissionMissing,
    Program,
    keep_programs,
    read_holdings,
)
from tests.registrar import given

pytestmark = pytest.mark.django_db


def test_programs_and_their_schools_are_kept() -> None:
    ids = keep_programs(programs=given.catalog(), by=given.OPERATOR)
    hydrology = Program.objects.get(key=given.HYDROLOGY)
    assert ids[hydrology.uuid] == hydrology.pk
    assert hydrology.organization == Organization.objects.get(key=given.RIVER)
    assert Program.objects.count() == 3


def test_again_changes_nothing_but_what_is_said_otherwise() -> None:
    first = keep_programs(programs=given.catalog(), by=given.OPERATOR)
    renamed = [given.catalog_program(given.HYDROLOGY, title="Water")]
    assert keep_programs(programs=renamed, by=given.OPERATOR).items() <= first.items()
    assert Program.objects.get(key=given.HYDROLOGY).title == "Water"
    assert Program.objects.count() == 3


def test_a_program_of_several_schools_is_led_by_the_first() -> None:
    several = msgspec.structs.replace(
        given.catalog_program("shared"),
        authoring_organizations=[
            *given.catalog_program("x", school=given.HILL).authoring_organizations,
            *given.catalog_program("x").authoring_organizations,
        ],
    )
    keep_programs(programs=[several], by=given.OPERATOR)
    assert str(Program.objects.get(key="shared").organization) == given.HILL


def test_a_program_of_nobody_is_kept_as_well() -> None:
    orphan = msgspec.structs.replace(given.catalog_program("orphan"), authoring_organizations=[])
    keep_programs(programs=[orphan], by=given.OPERATOR)
    assert Program.objects.get(key="orphan").organization is None


def test_two_programs_may_change_keys() -> None:
    keep_programs(programs=given.catalog(), by=given.OPERATOR)
    water, earth = given.catalog()[:2]
    swapped = [
        msgspec.structs.replace(water, key=earth.key),
        msgspec.structs.replace(earth, key=water.key),
    ]
    keep_programs(programs=swapped, by=given.OPERATOR)
    assert Program.objects.get(uuid=water.uuid).key == earth.key


def test_no_role_passes_to_a_namesake() -> None:
    keep_programs(programs=given.catalog(), by=given.OPERATOR)
    given.with_role("read_metadata", in_program=given.HYDROLOGY)
    another = msgspec.structs.replace(given.catalog()[0], uuid=given.uuid("another"))
    keep_programs(programs=[another], by=given.OPERATOR)
    namesake = Program.objects.get(key=given.HYDROLOGY)
    assert namesake.uuid == another.uuid
    assert read_holdings(given.actor()).on_program(namesake) == set()


def test_any_number_is_kept_by_a_handful_of_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for count in (2, 200):
        programs = [given.catalog_program(f"p-{number}") for number in range(count)]
        with django_assert_max_num_queries(10):
            keep_programs(programs=programs, by=given.OPERATOR)


def test_it_needs_the_permission() -> None:
    with pytest.raises(PermissionMissing):
        keep_programs(programs=given.catalog(), by=given.actor())
