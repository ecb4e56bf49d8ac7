"""The tables that edX's LMS writes a program's enrollments into, and those it looks up before.

With the library of history that it has.
"""

from functools import cache
from typing import ClassVar

from django.db import connection, models
from simple_history.models import HistoricalRecords

from bench import database
from matricula.lms.accounts.api import Account
from matricula.lms.organizations.api import Organization


class Provider(models.Model):
    """A school's single sign-on."""

    objects: ClassVar[models.Manager["Provider"]] = models.Manager()
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=30, db_index=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return self.slug


class SignOnRecord(models.Model):
    """That a user has signed on through a provider; ``uid`` is its slug and the student's key."""

    objects: ClassVar[models.Manager["SignOnRecord"]] = models.Manager()
    user = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=32)
    uid = models.CharField(max_length=255, db_index=True)

    class Meta:
        app_label = "bench"
        unique_together: ClassVar = [("provider", "uid")]

    def __str__(self) -> str:
        return f"record {self.pk}"


class EnrolledInProgram(models.Model):
    """A student in a program, with or without user."""

    objects: ClassVar[models.Manager["EnrolledInProgram"]] = models.Manager()
    user = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    external_user_key = models.CharField(max_length=255, db_index=True, null=True)  # noqa: DJ001  as it is
    program_uuid = models.UUIDField(db_index=True)
    curriculum_uuid = models.UUIDField(db_index=True)
    status = models.CharField(max_length=9)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        app_label = "bench"
        unique_together: ClassVar = [
            ("user", "program_uuid", "curriculum_uuid"),
            ("external_user_key", "program_uuid", "curriculum_uuid"),
        ]

    def __str__(self) -> str:
        return f"row {self.pk}"


WRITTEN: tuple[type[models.Model], ...] = (EnrolledInProgram, EnrolledInProgram.history.model)


@cache
def make_tables(organization_id: int) -> None:
    """Make the tables, once, and a sign-on of the school, through which nobody has come yet."""
    with connection.schema_editor() as editor:
        editor.create_model(Provider)
        editor.create_model(SignOnRecord)
        for model in WRITTEN:
            editor.create_model(model)
    Provider.objects.create(organization_id=organization_id, slug="school")
    database.quiet(*(model._meta.db_table for model in WRITTEN))  # noqa: SLF001  Django's own way


def empty_tables() -> None:
    """Leave nothing in the tables that are written."""
    database.empty(*(model._meta.db_table for model in WRITTEN))  # noqa: SLF001  as above
