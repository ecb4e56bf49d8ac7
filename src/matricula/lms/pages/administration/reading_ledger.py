"""Reading the ledger: acts, the newest first, each with its changes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from matricula.lms.accounts.api import map_account_ids
from matricula.lms.ledger.api import Change, ChangeSet
from matricula.lms.pages.administration.reading import ReadOnly

SUBJECTS = ("identity", "program_enrollment", "course_enrollment", "course_role")


class SubjectFilter(admin.SimpleListFilter):
    """Which table; Django's own filter would read all changes to learn which there are."""

    title = gettext_lazy("table")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:  # noqa: ANN401  as Django has it
        """Name the tables that have a history."""
        del request, model_admin
        return [(subject, subject) for subject in SUBJECTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the changes of that table."""
        del request
        return queryset.filter(subject=self.value()) if self.value() in SUBJECTS else queryset


@admin.register(ChangeSet)
class ChangeSetAdmin(ReadOnly):
    """Acts: who, through what, why, when; found by actor, username or request id."""

    list_display = ("id", "at", "actor", "channel", "reason", "changes")
    list_filter = ("at",)
    search_fields = ("actor",)
    search_help_text = gettext_lazy(
        "A username, an actor such as operator:root, a request id, or the act's uuid; whole."
    )
    ordering = ("-pk",)
    fields = (
        "uuid",
        "actor",
        "channel",
        "reason",
        "request_id",
        "at",
        "recorded_at",
        "transaction_id",
        "changes",
    )
    readonly_fields = ("uuid", "changes")

    @admin.display(description=gettext_lazy("Changes"))
    def changes(self, act: ChangeSet) -> str:
        """Lead to its changes; there may be many thousands."""
        where = f"{reverse('admin:ledger_change_changelist')}?change_set={act.pk}"
        return format_html('<a href="{}">{}</a>', where, gettext_lazy("show"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find acts by one thing, each of which has an index."""
        del request
        term = search_term.strip()
        if not term:
            return queryset, False
        if ":" in term:
            return queryset.filter(actor=term), False
        if found := map_account_ids(usernames=[term]):
            return queryset.filter(actor__in=[f"account:{pk}" for pk in found.values()]), False
        if uuid := _read_uuid(term):
            by_request = queryset.filter(request_id=term)
            return by_request if by_request.exists() else queryset.filter(uuid=uuid), False
        return queryset.filter(request_id=term), False


@admin.register(Change)
class ChangeAdmin(ReadOnly):
    """Rows before and after, the newest first; found by the number of the row."""

    list_display = ("id", "subject", "row_id", "act", "of_change_set")
    list_filter = (SubjectFilter,)
    search_fields = ("row_id",)
    search_help_text = gettext_lazy("The number of a row.")
    ordering = ("-pk",)
    fields = ("change_set", "subject", "row_id", "before", "after", "transaction_id")

    @admin.display(description=gettext_lazy("Change set"))
    def of_change_set(self, change: Change) -> int:
        """Say of which change set it is; nothing is asked for that."""
        return change.change_set_id

    @admin.display(description=gettext_lazy("What"))
    def act(self, change: Change) -> str:
        """Say what was done with the row."""
        if change.before is None:
            return str(gettext_lazy("created"))
        return str(gettext_lazy("deleted") if change.after is None else gettext_lazy("changed"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the changes of a row."""
        del request
        term = search_term.strip()
        if not term:
            return queryset, False
        is_number = term.isascii() and term.isdecimal() and len(term) < 19  # noqa: PLR2004  what a bigint holds
        return (queryset.filter(row_id=int(term)) if is_number else queryset.none()), False


def _read_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
