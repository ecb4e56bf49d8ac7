"""Giving roles, and taking them."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from matricula.registrar.partners.api import (
    InvalidName,
    PermissionMissing,
    RoleAssignment,
    UnknownRole,
    get_organization,
    give_role,
    list_roles,
    take_role,
)
from tests.registrar import given

pytestmark = pytest.mark.django_db


def test_a_role_is_given_once_and_taken() -> None:
    given.remembered()
    place = get_organization(key=given.RIVER)
    give = partial(
        give_role, role="read_metadata", organization=place, by=given.OPERATOR, at=given.NOW
    )
    take = partial(take_role, role="read_metadata", organization=place, by=given.OPERATOR)
    assert give(name="mira")
    assert not give(name="MIRA")
    (held,) = list_roles(by=given.OPERATOR, name="Mira")
    assert (held.role, held.organization, held.given_by) == (
        "read_metadata",
        place,
        "operator:test",
    )
    assert take(name="mira")
    assert not take(name="mira")


def test_a_role_is_taken_where_it_was_given_and_nowhere_else() -> None:
    given.remembered()
    given.with_role("read_metadata")
    given.with_role("read_metadata", in_program=given.HYDROLOGY)
    take_role(name="registrar", role="read_metadata", by=given.OPERATOR)
    (left,) = list_roles(by=given.OPERATOR)
    assert left.program is not None


def test_roles_may_be_written_as_elsewhere() -> None:
    given.remembered()
    given.with_role("organization_read_enrollments", school=given.RIVER)
    given.with_role("program_read_reports", in_program=given.HYDROLOGY)
    assert {each.role for each in list_roles(by=given.OPERATOR)} == {
        "read_enrollments",
        "read_reports",
    }


@pytest.mark.parametrize("role", ["nonsense", "program_read_metadata", "administrator"])
def test_a_role_that_is_none_at_a_school_is_refused(role: str) -> None:
    given.remembered()
    with pytest.raises(UnknownRole):
        given.with_role(role, school=given.RIVER)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\ufeff",
        "@",
        "a@",
        "@b",
        "a b@c",
        "a@@b.example",
        "a@b..example",
        "x\ny",
        "x" * 300,
    ],
)
def test_what_names_nobody_is_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        given.with_role("read_metadata", name)


def test_only_administrators_give_roles() -> None:
    given.remembered()
    given.with_role("read_write_enrollments", "mira")
    given.with_role("administrator", "boss")
    mira, boss = given.actor("mira"), given.actor("boss")
    with pytest.raises(PermissionMissing):
        give_role(name="mira", role="administrator", by=mira, at=given.NOW)
    with pytest.raises(PermissionMissing):
        take_role(name="boss", role="administrator", by=mira)
    with pytest.raises(PermissionMissing):
        list_roles(by=mira)
    assert give_role(name="noor", role="read_reports", by=boss, at=given.NOW)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("an_assigned_role_is_declared", {"role": "king"}),
        ("a_role_names_by_username_or_email", {"kind": "nickname"}),
        ("a_role_is_held_in_one_place", {"organization_id": 1, "program_id": 1}),
        ("an_administrator_is_one_everywhere", {"role": "administrator", "program_id": 1}),
    ],
)
def test_the_database_holds_the_rules(name: str, change: dict[str, object]) -> None:
    words = {"kind": "username", "name": "m", "folded": "m", "role": "read_metadata"}
    row = RoleAssignment(**{**words, **change}, given_by="test", given_at=given.NOW)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save(force_insert=True)
