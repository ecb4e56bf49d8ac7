"""Accounts."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy


class Account(AbstractUser):
    """A user of the platform.

    ``email`` is where to write to; it proves nothing. An address holds enrollments once the e-mail
    identity is bound.
    """

    first_name = None  # type: ignore[assignment]  # Django takes an inherited field away so
    last_name = None  # type: ignore[assignment]  # as above
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.TextField(
        blank=True, help_text=gettext_lazy("The full name, as the person writes it.")
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text=gettext_lazy(
            "The account of the same person that has taken over what this one held."
        ),
    )

    class Meta(AbstractUser.Meta):
        db_table = "account"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="one_account_per_username"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(is_active=False, email="", name=""),
                name="a_retired_account_is_empty",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="no_account_is_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
                name="a_merged_account_is_closed",
            ),
        ]
        indexes = [
            models.Index(Lower("email"), name="account_of_address"),
            GinIndex(SearchVector("name", config="simple"), name="account_of_name"),
            models.Index(
                F("merged_into"),
                condition=Q(merged_into__isnull=False),
                name="account_merged_into",
            ),
        ]

    def __str__(self) -> str:
        return self.username
