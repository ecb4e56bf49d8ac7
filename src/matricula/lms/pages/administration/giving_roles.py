"""Giving and taking roles, by the operations that everybody else uses."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms.access.api import (
    Permission,
    RoleAssignment,
    give_role,
    list_roles_of,
    take_role,
)
from matricula.lms.accounts.api import UnknownAccount, get_account, map_account_ids
from matricula.lms.pages.administration.admitting import administrator_of, may_administer
from matricula.lms.pages.administration.reading import ReadOnly

if TYPE_CHECKING:
    Form = forms.ModelForm[RoleAssignment]
else:  # it is generic for type checkers alone
    Form = forms.ModelForm


class RoleForm(Form):
    """A role to be given; whose, by username."""

    username = forms.CharField(max_length=150, label=gettext_lazy("Username"))

    class Meta:
        model = RoleAssignment
        fields = ("role", "organization")
        help_texts: ClassVar = {"organization": gettext_lazy("None: for all organizations.")}

    def clean_username(self) -> str:
        """Find the account, and take it for whom the role is for."""
        try:
            account = get_account(username=self.cleaned_data["username"])
        except UnknownAccount as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if not account.is_active:
            raise forms.ValidationError(_("That account is closed."))
        self.instance.account = account
        return account.username


@admin.register(RoleAssignment)
class RoleAdmin(ReadOnly):
    """Who has what: roles are given and taken, never changed."""

    form = RoleForm
    fields = ("username", "role", "organization")
    list_display = ("account", "role", "organization")
    list_filter = ("role",)
    list_select_related = ("account", "organization")
    search_fields = ("account__username",)
    search_help_text = gettext_lazy("A whole username.")
    ordering = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: RoleAssignment | None = None) -> list[Any]:
        """Ask for a username, and show an account."""
        del request
        return ["account" if obj else "username", "role", "organization"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell whether they give roles."""
        return may_administer(request, Permission.ROLES_GIVE)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether they take roles."""
        del obj
        return may_administer(request, Permission.ROLES_GIVE)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the roles of a username."""
        del request
        if search_term.strip():
            found = map_account_ids(usernames=[search_term.strip()])
            queryset = queryset.filter(account__in=found.values())
        return queryset, False

    def save_model(
        self,
        request: HttpRequest,
        obj: RoleAssignment,
        form: Any,  # noqa: ANN401  as Django has it
        change: bool,  # noqa: FBT001  as Django has it
    ) -> None:
        """Give the role; one that is held already stays as it is."""
        del form, change
        given = give_role(
            account_id=obj.account_id,
            role=obj.role,
            organization_id=obj.organization_id,
            by=administrator_of(request),
        )
        held = list_roles_of(account_id=obj.account_id)
        place = (obj.role, obj.organization_id)
        obj.pk = next(each.pk for each in held if (each.role, each.organization_id) == place)
        if not given:
            self.message_user(request, _("They had this role already."))

    def delete_model(self, request: HttpRequest, obj: RoleAssignment) -> None:
        """Take the role."""
        take_role(
            account_id=obj.account_id,
            role=obj.role,
            organization_id=obj.organization_id,
            by=administrator_of(request),
        )
