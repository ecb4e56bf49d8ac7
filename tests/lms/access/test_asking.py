"""Who may do what where; the yes or no and the list of organizations never disagree."""

from itertools import product

import pytest

from matricula.lms.access.api import (
    ROLES,
    Permission,
    PermissionMissing,
    RoleAssignment,
    has_permission,
    list_permitted_organizations,
    require_permission,
    require_permission_somewhere,
)
from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor, ActorKind
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


def test_a_role_at_a_school_is_a_permission_there() -> None:
    river, lake = given.school(), given.school("LakeU")
    by = given.holder_of("write")
    asked = Permission.ENROLLMENTS_WRITE
    assert has_permission(by, asked, organization_id=river.pk)
    assert not has_permission(by, asked, organization_id=lake.pk)
    assert not has_permission(by, asked)
    assert list_permitted_organizations(by, asked) == frozenset({river.pk})


@pytest.mark.parametrize(
    ("role", "permission", "school_key"),
    list(product(ROLES, Permission, ["RiverU", "LakeU", None])),
)
def test_the_answer_and_the_list_agree(
    role: str, permission: Permission, school_key: str | None
) -> None:
    river = given.school()
    by = given.holder_of(role, school_key=school_key)
    held = permission in ROLES[role].permissions
    assert has_permission(by, permission, organization_id=river.pk) is (
        held and school_key != "LakeU"
    )
    assert has_permission(by, permission) is (held and school_key is None)
    everywhere = held and school_key is None
    there = {given.school(school_key).pk} if held and school_key else set[int]()
    expected = None if everywhere else frozenset(there)
    assert list_permitted_organizations(by, permission) == expected


def test_roles_add_up() -> None:
    by = given.holder_of("read")
    account = Account.objects.get(username="registrar")
    lake = given.school("LakeU")
    RoleAssignment.objects.create(account=account, role="write", organization=lake)
    read, write = Permission.ENROLLMENTS_READ, Permission.ENROLLMENTS_WRITE
    assert list_permitted_organizations(by, read) == frozenset({given.school().pk, lake.pk})
    assert list_permitted_organizations(by, write) == frozenset({lake.pk})


def test_an_inactive_account_has_none_of_its_roles() -> None:
    by = given.holder_of("write", school_key=None)
    Account.objects.update(is_active=False)
    asked = Permission.ENROLLMENTS_WRITE
    assert not has_permission(by, asked, organization_id=given.school().pk)
    assert list_permitted_organizations(by, asked) == frozenset()


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_a_flag_of_the_admin_is_no_role(flag: str) -> None:
    account = given.account()
    Account.objects.update(**{flag: True})
    assert not has_permission(given.acting(account), Permission.ENROLLMENTS_READ)


def test_an_account_without_roles_has_none() -> None:
    for by in (given.acting(given.account()), Actor(kind=ActorKind.ACCOUNT, key="x", channel="t")):
        for permission in Permission:
            assert not has_permission(by, permission)
            assert list_permitted_organizations(by, permission) == frozenset()


def test_the_operator_may_everything_and_the_sign_on_what_it_is_for() -> None:
    for permission in Permission:
        assert has_permission(given.OPERATOR, permission)
        assert list_permitted_organizations(given.OPERATOR, permission) is None
    held = {permission for permission in Permission if has_permission(given.MAIL, permission)}
    assert held == {Permission.IDENTITIES_ASSERT, Permission.ACCOUNTS_CREATE}


def test_a_server_reads_and_writes_enrollments_everywhere_and_does_nothing_else() -> None:
    server = Actor(kind=ActorKind.SERVER, key="shop", channel="test")
    held = {permission for permission in Permission if has_permission(server, permission)}
    assert held == {Permission.ENROLLMENTS_READ, Permission.ENROLLMENTS_WRITE}


def test_about_oneself_some_needs_no_role() -> None:
    mira, noah = given.account("mira"), given.account("noah")
    by = given.acting(mira)
    held = {each for each in Permission if has_permission(by, each, account_id=mira.pk)}
    assert held == {Permission.ENROLLMENTS_READ, Permission.SEATS_TAKE}
    assert not any(has_permission(by, each, account_id=noah.pk) for each in Permission)
    assert not has_permission(by, Permission.SEATS_TAKE)
    with pytest.raises(PermissionMissing):
        require_permission(by, Permission.SEATS_TAKE, account_id=noah.pk)
    asked = Permission.ENROLLMENTS_READ
    assert count_statements(lambda: has_permission(by, asked, account_id=mira.pk)) == 0


def test_a_schools_sign_on_speaks_for_its_own_students_alone() -> None:
    river, hill = given.school("RiverU"), given.school("HillU")
    by = given.sign_on(river.pk)
    asserts = Permission.IDENTITIES_ASSERT
    assert has_permission(by, asserts, organization_id=river.pk)
    assert not has_permission(by, asserts, organization_id=hill.pk)
    assert not has_permission(by, asserts)
    assert not has_permission(given.MAIL, asserts, organization_id=river.pk)


def test_a_refusal_names_the_actor_by_number() -> None:
    by = given.acting(given.account("mira"))
    with pytest.raises(PermissionMissing) as refused:
        require_permission(by, Permission.CATALOG_LOAD)
    assert str(refused.value) == f"account:{by.key} may not catalog:load here."
    assert refused.value.code == "permission-missing"


def test_asking_takes_one_statement_for_accounts_and_none_for_others() -> None:
    by = given.holder_of("write")
    asked = Permission.ENROLLMENTS_WRITE
    assert count_statements(lambda: has_permission(by, asked)) == 1
    assert count_statements(lambda: list_permitted_organizations(by, asked)) == 1
    assert count_statements(lambda: has_permission(given.OPERATOR, asked)) == 0


@pytest.mark.parametrize("school_key", ["RiverU", "LakeU", None])
def test_a_role_anywhere_is_a_permission_somewhere(school_key: str | None) -> None:
    by = given.holder_of("support", school_key=school_key)
    require_permission_somewhere(by, Permission.IDENTITIES_LINK)
    require_permission_somewhere(given.OPERATOR, Permission.IDENTITIES_LINK)
    for nobody in (by, given.acting(given.account())):
        with pytest.raises(PermissionMissing, match="enrollments:write anywhere"):
            require_permission_somewhere(nobody, Permission.ENROLLMENTS_WRITE)
