"""Administrators' pages: who has which role where, and what the LMS's catalog has brought."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.registrar.accounts.api import Account, actor_of
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.assigning import give_role, read_role, take_role
from matricula.registrar.partners.models import Organization, Program, RoleAssignment
from matricula.registrar.partners.naming import read_name
from matricula.service.refusals import Invalid
from matricula.service.tracing import request_id_of

if TYPE_CHECKING:
    Form = forms.ModelForm[RoleAssignment]
    Page = admin.ModelAdmin[Any]
else:  # they are generic for type checkers alone
    Form, Page = forms.ModelForm, admin.ModelAdmin


class RoleForm(Form):
    """A role to be given, refused in words where it cannot be; where, by key."""

    organization = forms.ModelChoiceField(
        Organization.objects.all(),
        to_field_name="key",
        widget=forms.TextInput,
        required=False,
        help_text=gettext_lazy(
            "Its key; with neither this nor a program, the role holds everywhere."
        ),
        error_messages={"invalid_choice": gettext_lazy("No organization has the key %(value)s.")},
        label=gettext_lazy("Organization"),
    )
    program = forms.ModelChoiceField(
        Program.objects.all(),
        to_field_name="key",
        widget=forms.TextInput,
        required=False,
        help_text=gettext_lazy("Its key."),
        error_messages={"invalid_choice": gettext_lazy("No program has the key %(value)s.")},
        label=gettext_lazy("Program"),
    )

    class Meta:
        model = RoleAssignment
        fields = ("name", "role", "organization", "program")
        widgets: ClassVar = {"name": forms.TextInput}
        help_texts: ClassVar = {
            "name": gettext_lazy("A username of the LMS or, with an @, an e-mail address.")
        }

    def clean_name(self) -> str:
        """Ask the rules of names."""
        name = str(self.cleaned_data["name"])
        try:
            read_name(name)
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return name

    def clean(self) -> dict[str, Any]:
        """Ask the rules of roles. Where a field is at fault, the database is not asked as well."""
        given = super().clean() or {}
        place = {name: given.get(name) for name in ("organization", "program")}
        if all(place.values()):
            self.add_error("program", _("Choose an organization or a program, not both."))
        elif role := given.get("role"):
            try:
                read_role(role, **place)
            except Invalid as refusal:
                self.add_error("role", str(refusal))
        return given


class ReadOnly(Page):
    """What the LMS's catalog brings, and nobody writes here."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say yes: the site has asked already."""
        del request
        return True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes, as above."""
        del request, obj
        return True


@admin.register(RoleAssignment)
class RoleAdmin(ReadOnly):
    """Who has what: roles are given and taken, never changed."""

    form = RoleForm
    list_display = ("name", "role", "organization", "program", "given_by", "given_at")
    list_filter = ("role",)
    list_select_related = ("organization", "program")
    search_fields = ("name", "organization__key", "program__key")
    ordering = ("folded", "role")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say yes, as above."""
        del request
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes, as above."""
        del request, obj
        return True

    def save_model(
        self,
        request: HttpRequest,
        obj: RoleAssignment,
        form: Any,  # noqa: ANN401  as Django has it
        change: bool,  # noqa: FBT001  as Django has it
    ) -> None:
        """Give the role as anybody else gives one; what is held already stays as it is."""
        del change
        chosen = form.cleaned_data
        given = give_role(**chosen, by=_by(request), at=datetime.now(UTC))
        place = {name: chosen[name] for name in ("organization", "program")}
        kind, name = read_name(chosen["name"])
        held = RoleAssignment.objects.filter(role=chosen["role"], kind=kind.value, **place)
        obj.pk = held.filter(name=name).values_list("pk", flat=True).first()
        if not given:
            self.message_user(request, _("They had this role already."))

    def delete_model(self, request: HttpRequest, obj: RoleAssignment) -> None:
        """Take the role."""
        take_role(
            name=obj.name,
            role=obj.role,
            organization=obj.organization,
            program=obj.program,
            by=_by(request),
        )


@admin.register(Program)
class ProgramAdmin(ReadOnly):
    """Programs."""

    list_display = ("key", "title", "type", "organization")
    list_select_related = ("organization",)
    search_fields = ("key", "title")
    ordering = ("key",)


@admin.register(Organization)
class OrganizationAdmin(ReadOnly):
    """Organizations."""

    list_display = ("key", "name")
    search_fields = ("key", "name")
    ordering = ("key",)


def _by(request: HttpRequest) -> Actor:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101  the site has seen to it
    return actor_of(account, channel="admin", request_id=request_id_of(request))
