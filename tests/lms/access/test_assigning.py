"""Giving and taking roles."""

import pytest

from matricula.lms.access.api import (
    Permission,
    PermissionMissing,
    RoleAssignment,
    UnknownRole,
    give_role,
    has_permission,
    holds_role_everywhere,
    list_roles,
    list_roles_of,
    revoke_all_roles,
    take_role,
)
from tests import given
from tests.given import OPERATOR
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


def test_a_role_that_is_given_holds_at_once() -> None:
    mira, school = given.account(), given.school().pk
    assert give_role(account_id=mira.pk, role="write", organization_id=school, by=OPERATOR)
    assert has_permission(given.acting(mira), Permission.ENROLLMENTS_WRITE, organization_id=school)


def test_giving_it_again_is_nothing_new() -> None:
    mira = given.account()
    for school_id in (given.school().pk, None):
        given_twice = [
            give_role(account_id=mira.pk, role="read", organization_id=school_id, by=OPERATOR)
            for _ in range(2)
        ]
        assert given_twice == [True, False]
    assert RoleAssignment.objects.count() == 2


def test_a_role_is_taken_where_it_was_given_and_nowhere_else() -> None:
    mira, school = given.account(), given.school().pk
    given.with_role("read", mira)
    given.with_role("read", mira, school_key=None)
    taken = [
        take_role(account_id=mira.pk, role="read", organization_id=school, by=OPERATOR)
        for _ in range(2)
    ]
    assert taken == [True, False]
    assert holds_role_everywhere(account_id=mira.pk, role="read")
    assert take_role(account_id=mira.pk, role="read", organization_id=None, by=OPERATOR)
    assert not RoleAssignment.objects.exists()


def test_taking_leaves_the_roles_of_others() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    given.with_role("read", noah)
    assert not take_role(
        account_id=mira.pk, role="read", organization_id=given.school().pk, by=OPERATOR
    )
    assert RoleAssignment.objects.get().account == noah


def test_a_role_for_one_school_is_not_held_everywhere() -> None:
    mira = given.account()
    given.with_role("support", mira)
    assert not holds_role_everywhere(account_id=mira.pk, role="support")


def test_a_role_that_is_not_declared_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownRole, match="'emperor'; there are read, write, support, catalog"):
        give_role(account_id=given.account().pk, role="emperor", organization_id=None, by=OPERATOR)


def test_roles_are_given_and_taken_by_those_who_may() -> None:
    by, mira = given.holder_of("support", school_key=None), given.account()
    for act in (give_role, take_role):
        with pytest.raises(PermissionMissing):
            act(account_id=mira.pk, role="read", organization_id=None, by=by)


def test_roles_are_listed_by_school_those_for_all_last() -> None:
    mira = given.account()
    given.with_role("support", mira, school_key=None)
    given.with_role("write", mira)
    given.with_role("read", mira, school_key="LakeU")
    given.with_role("read", given.account("noah"))
    held = [
        (each.role, each.organization.key if each.organization else None)
        for each in list_roles_of(account_id=mira.pk)
    ]
    assert held == [("read", "LakeU"), ("write", "RiverU"), ("support", None)]


def test_roles_of_many_accounts_are_one_query() -> None:
    people = [given.account(f"p-{number}") for number in range(3)]
    for each in people:
        given.with_role("read", each)
    ids = [each.pk for each in people]
    assert [each.account_id for each in list_roles(account_ids=ids)] == ids

    def look() -> list[str]:
        return [str(each.organization) for each in list_roles(account_ids=ids)]

    assert count_statements(look) == 1


def test_all_roles_of_an_account_are_taken_and_counted() -> None:
    by = given.holder_of("read")
    given.holder_of("write", username="other")
    assert by.account_id is not None
    given.with_role("catalog", given.account("third"), school_key=None)
    RoleAssignment.objects.create(account_id=by.account_id, role="catalog")
    assert revoke_all_roles(account_id=by.account_id) == 2
    assert revoke_all_roles(account_id=by.account_id) == 0
    assert RoleAssignment.objects.count() == 2
