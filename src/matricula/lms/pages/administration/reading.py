"""Reading: pages on which nothing can be written, of tables that may be long."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from matricula.lms.access.api import Permission
from matricula.lms.pages.administration.admitting import may_administer

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
    Pages = Paginator[Any]
else:  # they are generic for type checkers alone
    Page, Pages = admin.ModelAdmin, Paginator

MOST_COUNTED = 10_000


class FirstRows(Pages):
    """Pages of the first rows alone: nobody counts millions to read a hundred."""

    @cached_property
    def count(self) -> int:
        """How many rows there are to page through."""
        rows = self.object_list
        assert isinstance(rows, QuerySet)  # noqa: S101  the admin pages through nothing else
        return rows[:MOST_COUNTED].count()


class ReadOnly(Page):
    """For operators to look at."""

    actions = None
    show_full_result_count = False
    paginator = FirstRows
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether they operate the platform."""
        return may_administer(request, Permission.PLATFORM_OPERATE)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell the same."""
        del obj
        return may_administer(request, Permission.PLATFORM_OPERATE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no."""
        del request, obj
        return False
