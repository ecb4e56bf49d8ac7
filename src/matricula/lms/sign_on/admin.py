"""Schools' providers in Django's admin: our operations behind its forms."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matricula.lms.access.api import Permission, has_permission
from matricula.lms.accounts.api import Account
from matricula.lms.kernel.api import Actor, ActorKind
from matricula.lms.sign_on.models import SLUG, Protocol, Provider
from matricula.lms.sign_on.openid import callback_address
from matricula.lms.sign_on.registering import (
    InvalidProvider,
    ProviderDraft,
    add_provider,
    change_provider,
    remove_provider,
    require_possible,
    switch_provider,
)
from matricula.service.tracing import request_id_of

STAYS = ("slug", "organization", "protocol")
"""What bindings and sign-ons hang on."""


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none when it runs
    """A provider; its secret can be written and never read."""

    client_secret = forms.CharField(
        required=False,
        strip=True,
        label=gettext_lazy("Client secret"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Leave it empty to keep the one that is stored. It is never shown."
        ),
    )

    class Meta:
        model = Provider
        widgets = {  # noqa: RUF012  as Django has it
            name: forms.TextInput(attrs={"class": "vTextField"})
            for name in ("slug", "title", "issuer", "client_id", "key_claim")
        }
        fields = (
            *STAYS,
            "title",
            "issuer",
            "client_id",
            "client_secret",
            "key_claim",
            "trusted_domains",
            "on_changed_key",
            "is_on",
            "is_test",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as Django calls it
        """Offer what can be registered here: SAML needs metadata, which the command reads."""
        super().__init__(*args, **kwargs)
        if "protocol" in self.fields:
            self.fields["protocol"].initial = Protocol.OIDC
            self.fields["protocol"].help_text = _("SAML providers: matricula sso add-saml.")

    def clean_slug(self) -> str:
        """Refuse here what is none, so that the database is not asked as well."""
        slug = str(self.cleaned_data["slug"])
        if not re.fullmatch(SLUG, slug):
            raise forms.ValidationError(
                _("1 to 50 small letters and digits, single dashes inside.")
            )
        return slug

    def clean_client_id(self) -> str:
        """Require what all but SAML needs, for the same reason."""
        client_id = str(self.cleaned_data["client_id"])
        if not client_id.strip() and not (self.instance.protocol == Protocol.SAML):
            raise forms.ValidationError(_("Say the client id that the provider gave us."))
        return client_id

    def clean(self) -> dict[str, Any]:
        """Refuse in words what the operation would."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if "protocol" in self.fields and cleaned["protocol"] != Protocol.OIDC:
            raise forms.ValidationError(_("Register SAML providers with: matricula sso add-saml."))
        try:
            require_possible(self.draft())
        except InvalidProvider as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return cleaned

    def draft(self) -> ProviderDraft:
        """Return what the form says."""
        said = self.cleaned_data
        kept = self.instance
        organization = said.get("organization") or kept.organization
        return ProviderDraft(
            slug=said.get("slug") or kept.slug,
            organization_id=organization.pk,
            protocol=Protocol(said.get("protocol") or kept.protocol),
            title=said["title"],
            issuer=said["issuer"],
            client_id=said["client_id"],
            client_secret=said["client_secret"],
            key_claim=said["key_claim"],
            trusted_domains=said["trusted_domains"],
            on_changed_key=said["on_changed_key"],
            metadata=kept.metadata,
            is_test=said["is_test"],
        )


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    """For staff who may manage sign-on."""

    form = ProviderForm
    list_display = ("slug", "title", "organization", "protocol", "is_on", "is_test")
    list_select_related = ("organization",)
    ordering = ("slug",)
    actions = None

    def get_readonly_fields(
        self, request: HttpRequest, obj: Provider | None = None
    ) -> tuple[str, ...]:
        """Keep what stays, and show what has to be registered at the provider."""
        del request
        return (*STAYS, "redirect_address") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Provider | None = None) -> list[Any]:
        """Return the fields of the form."""
        del request
        named = list(ProviderForm.Meta.fields)
        return [*named, "redirect_address"] if obj else named

    @admin.display(description=gettext_lazy("Redirect URI to register there"))
    def redirect_address(self, provider: Provider) -> str:
        """Return where the provider sends people back to."""
        return callback_address(provider.slug)

    def save_model(
        self,
        request: HttpRequest,
        obj: Provider,
        form: ProviderForm,
        change: bool,  # noqa: FBT001  as Django calls it
    ) -> None:
        """Register the provider, or change it."""
        by = _who(request)
        if change:
            change_provider(draft=form.draft(), by=by)
        else:
            obj.pk = add_provider(draft=form.draft(), by=by, at=datetime.now(UTC)).pk
        if change or not obj.is_on:
            switch_provider(slug=obj.slug, is_on=obj.is_on, by=by)

    def delete_model(self, request: HttpRequest, obj: Provider) -> None:
        """Take it away; Django asks first whether anything hangs on it."""
        remove_provider(slug=obj.slug, by=_who(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether they may manage sign-on; so do the others."""
        return _may(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell the same."""
        del obj
        return _may(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell the same."""
        del obj
        return _may(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell the same."""
        del obj
        return _may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell the same."""
        del obj
        return _may(request)


def _who(request: HttpRequest) -> Actor:
    return Actor(
        kind=ActorKind.ACCOUNT,
        key=str(request.user.pk),
        channel="admin",
        account_id=request.user.pk,
        request_id=request_id_of(request),
    )


def _may(request: HttpRequest) -> bool:
    is_staff = isinstance(request.user, Account) and request.user.is_staff
    return is_staff and has_permission(_who(request), Permission.SIGN_ON_MANAGE)
