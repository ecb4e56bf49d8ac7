"""Who holds which role where."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

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
        said = {"role": self.role, "name": self.account, "place": self.organization}
        if self.organization is None:
            return _("%(role)s of %(name)s, everywhere") % said
        return _("%(role)s of %(name)s at %(place)s") % said
