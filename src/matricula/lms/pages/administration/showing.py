"""Showing the catalog, accounts and clients: read here, written by commands and APIs."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from matricula.lms.accounts.api import Account, map_account_ids
from matricula.lms.catalog.api import Course, CourseRun, Curriculum, Program
from matricula.lms.clients.api import Client
from matricula.lms.organizations.api import Organization
from matricula.lms.pages.administration.reading import ReadOnly


@admin.register(Organization)
class OrganizationAdmin(ReadOnly):
    """Schools and partners."""

    list_display = ("key", "name")
    search_fields = ("key", "name")
    ordering = ("key",)


@admin.register(Program)
class ProgramAdmin(ReadOnly):
    """Programs, without their course runs, which are many."""

    list_display = ("key", "title", "type", "status", "mode")
    list_filter = ("mode",)
    search_fields = ("key", "title")
    ordering = ("key",)
    exclude = ("course_runs",)


@admin.register(Curriculum)
class CurriculumAdmin(ReadOnly):
    """Versions of programs."""

    list_display = ("uuid", "program", "position", "is_active")
    list_select_related = ("program",)
    search_fields = ("program__key",)
    ordering = ("program__key", "position")
    exclude = ("courses",)


@admin.register(Course)
class CourseAdmin(ReadOnly):
    """Subjects."""

    list_display = ("key", "title")
    search_fields = ("key", "title")
    ordering = ("key",)


@admin.register(CourseRun)
class CourseRunAdmin(ReadOnly):
    """Offerings of courses."""

    list_display = ("key", "external_key", "title", "start_at", "end_at")
    search_fields = ("key", "external_key", "title")
    ordering = ("key",)


@admin.register(Client)
class ClientAdmin(ReadOnly):
    """Programs that call; their secrets are hashed, and not even that is shown."""

    list_display = ("name", "client_id", "user", "is_trusted", "created")
    list_select_related = ("user",)
    search_fields = ("name", "client_id")
    ordering = ("name",)
    fields = ("name", "client_id", "user", "is_trusted", "redirect_uris", "created", "updated")


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Accounts, the newest first; of the password nothing is shown."""

    list_display = ("username", "name", "is_active", "is_staff", "date_joined", "retired_at")
    list_filter = ("is_staff",)
    search_fields = ("username",)
    search_help_text = gettext_lazy("A whole username. To find people by anything else: /support.")
    ordering = ("-pk",)
    fields = (
        "username",
        "name",
        "email",
        "uuid",
        "is_active",
        "is_staff",
        "date_joined",
        "last_login",
        "retired_at",
        "merged_into",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the account of a username, by its index."""
        del request
        if search_term.strip():
            found = map_account_ids(usernames=[search_term.strip()])
            queryset = queryset.filter(pk__in=found.values())
        return queryset, False
