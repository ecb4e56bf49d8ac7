"""Giving and taking roles."""

from matricula.lms.access.models import RoleAssignment


def revoke_all_roles(*, account_id: int) -> int:
    """Take every role of an account, for its retirement, and return how many it had."""
    count, _ = RoleAssignment.objects.filter(account=account_id).delete()
    return count
