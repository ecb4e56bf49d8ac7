"""Who holds which role where."""

from django.db import models
from django.db.models import Q

from matricula.lms.access.roles import ROLES
from matricula.lms.accounts.api import Account
from matricula.lms.organizations.api import Organization


class RoleAssignment(models.Model):
    """A role of an account, for one organization or, with none, for all."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    role = models.TextField(choices=[(role.name, role.description) for role in ROLES.values()])
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, db_index=False
    )

    class Meta:
        db_table = "role_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "organization"],
                nulls_distinct=False,
                name="one_assignment_per_account_role_and_organization",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES)), name="an_assigned_role_is_declared"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of account {self.account_id} at organization {self.organization_id}"
