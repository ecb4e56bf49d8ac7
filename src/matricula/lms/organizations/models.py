"""Organizations."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy


class Organization(models.Model):
    """A school or partner."""

    uuid = models.UUIDField(unique=True)
    key = models.TextField(help_text=gettext_lazy("Its short name, such as RiverU."))
    name = models.TextField(blank=True)

    class Meta:
        db_table = "organization"
        constraints = [
            models.UniqueConstraint(Lower("key"), name="one_organization_per_key"),
            models.CheckConstraint(condition=~Q(key=""), name="an_organization_has_a_key"),
        ]

    def __str__(self) -> str:
        return self.key
