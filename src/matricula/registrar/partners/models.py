"""Organizations, programs, and who holds which role where."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from matricula.registrar.partners.roles import EVERYWHERE_ONLY, ROLES


class Organization(models.Model):
    """A school or partner, as the LMS's catalog has it."""

    uuid = models.UUIDField(unique=True)
    key = models.TextField(unique=True)
    name = models.TextField(blank=True)

    class Meta:
        db_table = "partner_organization"

    def __str__(self) -> str:
        return self.key


class Program(models.Model):
    """A program, as the LMS's catalog has it. ``organization`` is the first that leads it."""

    uuid = models.UUIDField(unique=True)
    key = models.TextField(unique=True)
    title = models.TextField(blank=True)
    type = models.TextField(blank=True)
    url = models.TextField(blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "partner_program"

    def __str__(self) -> str:
        return self.key


class NameKind(StrEnum):
    """By what a role names a person."""

    USERNAME = "username"
    EMAIL = "email"


class RoleAssignment(models.Model):
    """A role of whoever has a name, for an organization, a program or, with neither, everywhere.

    ``name`` is as it was given, ``folded`` as names are compared.
    """

    kind = models.TextField(choices=[(kind.value, kind.value) for kind in NameKind])
    name = models.TextField()
    folded = models.TextField(editable=False)
    role = models.TextField(choices=[(role.name, role.name) for role in ROLES.values()])
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, db_index=False
    )
    program = models.ForeignKey(
        Program, on_delete=models.CASCADE, null=True, blank=True, db_index=False
    )
    given_by = models.TextField(editable=False)
    given_at = models.DateTimeField(editable=False)

    class Meta:
        db_table = "partner_role"
        constraints = [
            models.UniqueConstraint(
                fields=["folded", "kind", "role", "organization", "program"],
                nulls_distinct=False,
                name="one_assignment_per_name_role_and_place",
            ),
            models.CheckConstraint(
                condition=Q(organization=None) | Q(program=None),
                name="a_role_is_held_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES)), name="an_assigned_role_is_declared"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in NameKind]),
                name="a_role_names_by_username_or_email",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=sorted(EVERYWHERE_ONLY))
                | Q(organization=None, program=None),
                name="an_administrator_is_one_everywhere",
            ),
        ]

    def __str__(self) -> str:
        said = {"role": self.role, "name": self.name, "place": self.organization or self.program}
        if said["place"] is None:
            return _("%(role)s of %(name)s, everywhere") % said
        return _("%(role)s of %(name)s at %(place)s") % said
