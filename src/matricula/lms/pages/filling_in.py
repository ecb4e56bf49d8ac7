"""Filling in forms: which fields people are asked for, and in what words."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as theirs
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from matricula.lms.accounts.api import Account

PASSWORD_RULES = _("At least 8 characters, nothing common, not your name, not only digits.")
NAME_LENGTH = 200


class Plain:
    """A form with labels of ours; a placeholder is gone as soon as somebody types."""

    labels: ClassVar[Mapping[str, Any]] = {}  # words of later, which have no public type
    hints: ClassVar[Mapping[str, Any]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  allauth's, passed on
        """Ask for allauth's fields, in our words."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class SignInForm(Plain, theirs.LoginForm):
    """Username or address, and password."""

    labels: ClassVar = {
        "login": _("Username or e-mail address"),
        "password": _("Password"),
        "remember": _("Keep me signed in on this device"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as above
        """Let browsers know that it is a name they may fill in."""
        super().__init__(*args, **kwargs)
        attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["login"].widget.attrs.update(attributes)


class RegistrationForm(Plain, theirs.SignupForm):
    """What an account is made of."""

    field_order: ClassVar = ["name", "username", "email", "password1"]
    labels: ClassVar = {
        "username": _("Username"),
        "email": _("E-mail address"),
        "password1": _("Password"),
    }
    hints: ClassVar = {
        "name": _("As it should stand on certificates."),
        "username": _("Letters, digits and @ . + - _"),
        "email": _("The one your school has of you, if it enrolled you by e-mail."),
        "password1": PASSWORD_RULES,
    }
    name = forms.CharField(
        label=_("Full name"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, user: Account) -> None:
        """Add nothing: the adapter has made the whole account."""


class AddressForm(Plain, theirs.AddEmailForm):
    """One more address."""

    labels: ClassVar = {"email": _("E-mail address")}


class PasswordChangeForm(Plain, theirs.ChangePasswordForm):
    """The old password, and the new one twice."""

    labels: ClassVar = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    hints: ClassVar = {"password1": PASSWORD_RULES}


class FirstPasswordForm(Plain, theirs.SetPasswordForm):
    """A password for an account that has none."""

    labels: ClassVar = {"password1": _("Password"), "password2": _("Password again")}
    hints: ClassVar = {"password1": PASSWORD_RULES}


class ForgottenPasswordForm(Plain, theirs.ResetPasswordForm):
    """Where to write to."""

    labels: ClassVar = {"email": _("E-mail address")}


class NewPasswordForm(Plain, theirs.ResetPasswordKeyForm):
    """A new password, twice."""

    labels: ClassVar = {
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    hints: ClassVar = {"password1": PASSWORD_RULES}


class SameAgainForm(Plain, theirs.ReauthenticateForm):
    """The password once more."""

    labels: ClassVar = {"password": _("Password")}
