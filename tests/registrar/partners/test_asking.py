"""What somebody may do, by the roles that name them."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.registrar.kernel.api import Actor, ActorKind
from matricula.registrar.partners.api import (
    Permission,
    PermissionMissing,
    get_program,
    read_holdings,
    require_permission,
    require_program_permission,
)
from matricula.registrar.partners.roles import DEEDS
from tests.registrar import given

pytestmark = pytest.mark.django_db

METADATA = {Permission.READ_METADATA}
ROSTERS = {Permission.READ_ENROLLMENTS, Permission.WRITE_ENROLLMENTS}


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        ("read_metadata", METADATA),
        ("read_enrollments", METADATA | {Permission.READ_ENROLLMENTS}),
        ("read_write_enrollments", METADATA | ROSTERS),
        ("read_reports", METADATA | {Permission.READ_REPORTS}),
    ],
)
def test_a_role_at_a_school_holds_in_its_programs(role: str, permissions: set[Permission]) -> None:
    hydrology, poetry = given.program(), given.program(given.POETRY)
    given.with_role(role, school=given.RIVER)
    holdings = read_holdings(given.actor())
    assert holdings.on_program(hydrology) == permissions
    assert holdings.on_program(poetry) == set()


def test_what_is_held_in_several_places_adds_up() -> None:
    hydrology = given.program()
    given.with_role("read_reports", school=given.RIVER)
    given.with_role("read_enrollments", in_program=given.HYDROLOGY)
    given.with_role("read_metadata")
    holdings = read_holdings(given.actor())
    assert holdings.on_program(hydrology) == METADATA | {
        Permission.READ_REPORTS,
        Permission.READ_ENROLLMENTS,
    }
    assert holdings.on_program(given.program(given.POETRY)) == METADATA


def test_an_address_counts_once_it_is_verified() -> None:
    hydrology = given.program()
    given.with_role("read_metadata", "Mira.Straße@RiverU.example", school=given.RIVER)
    stranger = given.actor("mira")  # whose address is theirs to choose
    verified = given.actor("mira", email="mira.strasse@riveru.EXAMPLE")
    assert read_holdings(stranger).on_program(hydrology) == set()
    assert read_holdings(verified).on_program(hydrology) == METADATA


def test_a_username_that_looks_like_an_address_has_none_of_its_roles() -> None:
    hydrology = given.program()
    given.with_role("read_metadata", "mira@riveru.example", school=given.RIVER)
    assert read_holdings(given.actor("mira@riveru.example")).on_program(hydrology) == set()


def test_usernames_that_only_unicode_takes_for_the_same_are_two_people() -> None:
    hydrology = given.program()
    given.with_role("read_metadata", "straße", school=given.RIVER)
    given.with_role("read_metadata", "Mira", school=given.RIVER)
    assert read_holdings(given.actor("strasse")).on_program(hydrology) == set()
    assert read_holdings(given.actor("straße")).on_program(hydrology) == METADATA
    assert read_holdings(given.actor("mira")).on_program(hydrology) == METADATA


def test_nobody_has_what_names_nobody() -> None:
    program = given.program()
    actor = Actor(kind=ActorKind.ACCOUNT, key="1", channel="test", account_id=1)
    assert read_holdings(actor).on_program(program) == set()


@pytest.mark.parametrize("kind", ["MicroMasters", "micromasters", "professional-certificate"])
def test_a_program_that_schools_do_not_enroll_in_has_no_rosters(kind: str) -> None:
    given.remembered([given.catalog_program("short", type=kind)])
    given.with_role("administrator")
    held = read_holdings(given.actor()).on_program(get_program(key="short"))
    assert held == METADATA | {Permission.READ_REPORTS}


@pytest.mark.parametrize("kind", [None, "", "Doctorate"])
def test_a_type_that_is_not_known_takes_nothing_away(kind: str | None) -> None:
    given.remembered([given.catalog_program("new", type=kind)])
    given.with_role("read_write_enrollments", in_program="new")
    held = read_holdings(given.actor()).on_program(get_program(key="new"))
    assert held == METADATA | ROSTERS


def test_which_types_those_are_is_a_setting(settings: Settings) -> None:
    program = given.program()
    given.with_role("read_enrollments", in_program=given.HYDROLOGY)
    settings.TYPES_WITHOUT_ROSTERS = ["masters"]
    assert read_holdings(given.actor()).on_program(program) == METADATA


def test_holdings_are_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    given.remembered()
    actor = given.actor()
    for role in ("read_metadata", "read_reports"):
        given.with_role(role, school=given.RIVER)
        given.with_role(role, in_program=given.POETRY)
    with django_assert_num_queries(1):
        read_holdings(actor)


def test_without_the_permission_it_is_refused() -> None:
    program = given.program()
    given.with_role("read_enrollments", school=given.RIVER)
    actor = given.actor()
    require_program_permission(actor, Permission.READ_ENROLLMENTS, program=program)
    words = "You may not change enrollments in the program hydrology.*write_enrollments"
    with pytest.raises(PermissionMissing, match=words):
        require_program_permission(actor, Permission.WRITE_ENROLLMENTS, program=program)
    with pytest.raises(PermissionMissing, match="You may not see the courses"):
        require_permission(actor, Permission.READ_METADATA)


def test_every_permission_has_its_words() -> None:
    assert set(DEEDS) == set(Permission)
