"""Giving and taking roles."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from matricula.lms.access.asking import require_permission
from matricula.lms.access.models import RoleAssignment
from matricula.lms.access.roles import ROLES, Permission
from matricula.lms.kernel.api import Actor, Invalid, quote


class UnknownRole(Invalid):
    """No such role is declared."""

    code = "unknown-role"


def give_role(*, account_id: int, role: str, organization_id: int | None, by: Actor) -> bool:
    """Give a role for an organization, or for all with None; return whether that is new.

    Raises:
        PermissionMissing: the actor may not give roles.
        UnknownRole: there is no such role.
    """
    require_permission(by, Permission.ROLES_GIVE)
    if role not in ROLES:
        raise UnknownRole(f"There is no role {quote(role)}; there are {', '.join(ROLES)}.")
    assignment = RoleAssignment(account_id=account_id, role=role, organization_id=organization_id)
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError:  # one_assignment_per_account_role_and_organization
        return False
    return True


def take_role(*, account_id: int, role: str, organization_id: int | None, by: Actor) -> bool:
    """Take a role for an organization, or the one for all with None; return whether it was held.

    Raises:
        PermissionMissing: the actor may not take roles.
    """
    require_permission(by, Permission.ROLES_GIVE)
    everywhere = {"organization": None}
    where = everywhere if organization_id is None else {"organization": organization_id}
    count, _ = RoleAssignment.objects.filter(account=account_id, role=role, **where).delete()
    return bool(count)


def list_roles_of(*, account_id: int) -> list[RoleAssignment]:
    """Return the roles of an account, those for all organizations last."""
    return list_roles(account_ids=[account_id])


def list_roles(*, account_ids: Iterable[int]) -> list[RoleAssignment]:
    """Return the roles of accounts, each one's for all organizations last."""
    held = RoleAssignment.objects.filter(account__in=list(account_ids))
    found = held.select_related("organization")
    return list(found.order_by("account", "organization__key", "role"))


def holds_role_everywhere(*, account_id: int, role: str) -> bool:
    """Tell whether the account has the role for all organizations."""
    return RoleAssignment.objects.filter(account=account_id, role=role, organization=None).exists()


def revoke_all_roles(*, account_id: int) -> int:
    """Take every role of an account, for its retirement, and return how many it had."""
    count, _ = RoleAssignment.objects.filter(account=account_id).delete()
    return count
