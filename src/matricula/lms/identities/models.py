"""Identities, and the refused attempts to bind one twice."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import KEY_LENGTH
from matricula.lms.ledger.api import record_changes
from matricula.lms.organizations.api import Organization

models.TextField.register_lookup(Length)


class Kind(models.TextChoices):
    """Whose name it is: a school's, the mail system's, or the platform's own."""

    STUDENT_KEY = "student_key", _("Student Key")
    EMAIL = "email", _("Email")
    ACCOUNT = "account", _("Account")


class Via(models.TextChoices):
    """How a binding came about."""

    VERIFIED_EMAIL = "verified_email", _("Verified Email")
    SIGN_ON = "sign_on", _("Sign On")
    STAFF = "staff", _("Staff")
    ACCOUNT = "account", _("the account's own identity")


class Identity(models.Model):
    """A name by which an issuer knows a person."""

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=Kind)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, db_index=False
    )
    value = models.TextField(help_text="As it was first given.")
    folded = models.TextField(help_text="As it is compared (kernel.fold).")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False)
    bound_at = models.DateTimeField(null=True)
    bound_via = models.TextField(choices=Via, null=True)  # noqa: DJ001  null with the account
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organization", "folded"],
                nulls_distinct=False,
                name="one_identity_per_kind_organization_and_folded_value",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.STUDENT_KEY, organization__isnull=False)
                | Q(kind__in=[Kind.EMAIL, Kind.ACCOUNT], organization__isnull=True),
                name="student_keys_alone_have_an_organization",
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True, bound_at__isnull=True, bound_via__isnull=True)
                | Q(account__isnull=False, bound_at__isnull=False, bound_via__isnull=False),
                name="account_bound_at_and_bound_via_go_together",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.ACCOUNT)
                | Q(account__isnull=False)
                | Q(retired_at__isnull=False),
                name="an_account_is_always_bound_to_itself",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(account__isnull=True),
                name="a_retired_identity_is_unbound",
            ),
            models.CheckConstraint(
                condition=Q(value__length__gte=1, value__length__lte=KEY_LENGTH) & ~Q(folded=""),
                name="an_identity_has_a_value_of_bounded_length",
            ),
        ]
        indexes = [
            models.Index(
                F("account"), condition=Q(account__isnull=False), name="identity_of_account"
            ),
        ]
        triggers = record_changes()

    def __str__(self) -> str:
        return f"{self.kind} identity {self.pk}"


class BindingConflict(models.Model):
    """A refused attempt to bind an identity that is bound to another account."""

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT)
    holder = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    via = models.TextField(choices=Via)
    attempts = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(blank=True, help_text="rebound or kept, and why.")

    class Meta:
        db_table = "binding_conflict"
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "claimant"],
                condition=Q(resolved_at__isnull=True),
                name="one_open_conflict_per_identity_and_claimant",
            ),
            models.CheckConstraint(
                condition=~Q(holder=F("claimant")), name="a_conflict_has_two_sides"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolution="")
                | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
                name="a_resolved_conflict_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"conflict {self.pk} on identity {self.identity_id}"
