"""Clients, and the public halves of the keys that sign tokens."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy
from oauth2_provider.models import AbstractApplication

from matricula.lms.accounts.api import Account


class Client(AbstractApplication):  # type: ignore[misc]  # the library has no types
    """A program that calls the LMS. ``user`` is the account that it acts as."""

    user = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="client")
    is_trusted = models.BooleanField(
        default=False,
        help_text=gettext_lazy("Of the platform itself: no limit to how often it may ask."),
    )

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]  # as above
        swappable = ""
        db_table = "client"
        constraints = [models.UniqueConstraint(Lower("name"), name="one_client_per_name")]

    def is_usable(self, request: object) -> bool:
        """Tell whether it may have tokens: not once its account is closed."""
        del request
        return bool(self.user.is_active)

    @property
    def signs_people_in(self) -> bool:
        """Whether people may be sent to it with a code: it is trusted, and they are not asked."""
        return self.is_trusted and bool(self.redirect_uris) and bool(self.user.is_active)

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Tell whether it may have tokens in one of these ways."""
        if self.GRANT_AUTHORIZATION_CODE in grant_types:
            return self.signs_people_in
        return self.authorization_grant_type in grant_types

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Tell whether people may be sent there: exactly there."""
        return uri in self.redirect_uris.split()

    def __str__(self) -> str:
        return str(self.name)


class SpentCode(models.Model):
    """A code that was given for a token. Who shows it again may have stolen it, or been robbed."""

    code_hash = models.TextField(unique=True)
    token = models.ForeignKey(
        settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL, models.CASCADE, related_name="+"
    )

    class Meta:
        db_table = "spent_code"

    def __str__(self) -> str:
        return f"spent code {self.pk}"


class SigningKey(models.Model):
    """The public half of a key of some host.

    ``used_at``: when its host last had it. ``retired_at``: since then nothing is signed with it.
    ``revoked_at``: since then whatever it signed is void.
    """

    key_id = models.TextField(unique=True)
    public_key = models.JSONField(help_text=gettext_lazy("As a JSON Web Key."))
    made_at = models.DateTimeField()
    used_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signing_key"

    def __str__(self) -> str:
        return f"signing key {self.key_id}"
