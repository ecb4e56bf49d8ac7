"""Giving and taking roles."""

import pytest

from matricula.lms.access.api import RoleAssignment, revoke_all_roles
from tests import given

pytestmark = pytest.mark.django_db


def test_all_roles_of_an_account_are_taken_and_counted() -> None:
    by = given.holder_of("read")
    given.holder_of("write", username="other")
    assert by.account_id is not None
    RoleAssignment.objects.create(account_id=by.account_id, role="catalog")
    assert revoke_all_roles(account_id=by.account_id) == 2
    assert revoke_all_roles(account_id=by.account_id) == 0
    assert RoleAssignment.objects.count() == 1
