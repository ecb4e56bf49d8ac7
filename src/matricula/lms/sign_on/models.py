"""Schools' providers, and what they last said of each person."""

from allauth.socialaccount.models import SocialAccount
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from matricula.lms.identities.api import Identity
from matricula.lms.organizations.api import Organization

SLUG = r"^(?=.{1,50}$)[a-z0-9]+(-[a-z0-9]+)*$"
"""Fit for addresses, and short."""


class Protocol(models.TextChoices):
    """How a provider is spoken to."""

    OIDC = "oidc", gettext_lazy("OpenID Connect")
    SAML = "saml", gettext_lazy("SAML 2.0")


class OnChangedKey(models.TextChoices):
    """What a school wants done when it calls one of its people by another student key."""

    REFUSE = "refuse", gettext_lazy("leave it to support")
    KEEP_BOTH = "keep_both", gettext_lazy("bind the new key, keep the old one")
    MOVE = "move", gettext_lazy("bind the new key, let the old one wait")


class Settlement(models.TextChoices):
    """What became of the student key that a provider asserted."""

    UNSETTLED = "unsettled", gettext_lazy("to be tried again")
    BOUND = "bound"
    NO_KEY = "no_key", gettext_lazy("the provider sent none")
    UNUSABLE_KEY = "unusable_key", gettext_lazy("the provider sent one that cannot be a key")
    CONFLICT = "conflict", gettext_lazy("the key is another account's")
    CHANGED = "changed", gettext_lazy("the key changed, which this school leaves to support")


class Provider(models.Model):
    """What a school runs to prove its people's names. A school may have several."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    slug = models.TextField(
        unique=True, help_text=gettext_lazy("In addresses, and as the ledger's actor.")
    )
    title = models.TextField(help_text=gettext_lazy("On the button."))
    protocol = models.TextField(choices=Protocol)
    issuer = models.TextField(
        help_text=gettext_lazy("Its address, as it calls itself; of SAML providers the entity id.")
    )
    client_id = models.TextField(
        blank=True, help_text=gettext_lazy("Ours at an OpenID Connect provider.")
    )
    sealed_secret = models.TextField(blank=True, editable=False)
    metadata = models.JSONField(
        default=dict, blank=True, help_text=gettext_lazy("What a SAML provider's metadata says.")
    )
    key_claim = models.TextField(
        help_text=gettext_lazy("The claim or attribute that is the student key.")
    )
    trusted_domains = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        help_text=gettext_lazy("Mail domains whose addresses it may prove."),
    )
    on_changed_key = models.TextField(choices=OnChangedKey, default=OnChangedKey.REFUSE)
    is_on = models.BooleanField(default=True)
    is_test = models.BooleanField(
        default=False, help_text=gettext_lazy("It shows what it would do, and signs nobody in.")
    )
    created_at = models.DateTimeField()

    class Meta:
        db_table = "provider"
        constraints = [
            models.CheckConstraint(
                condition=Q(slug__regex=SLUG),
                name="a_slug_is_short_and_fit_for_addresses",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(issuer="") & ~Q(key_claim=""),
                name="a_provider_has_a_title_an_issuer_and_a_key_claim",
            ),
            models.CheckConstraint(
                condition=Q(protocol=Protocol.SAML)
                | (Q(protocol=Protocol.OIDC) & ~Q(client_id="")),
                name="an_openid_connect_provider_knows_us_by_a_client_id",
            ),
            models.CheckConstraint(
                condition=Q(on_changed_key__in=OnChangedKey.values),
                name="a_rule_for_changed_keys_is_declared",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Assertion(models.Model):
    """What a provider last said of the person behind one social account."""

    social_account = models.OneToOneField(
        SocialAccount, on_delete=models.CASCADE, primary_key=True
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT)
    asserted_key = models.TextField(blank=True, help_text=gettext_lazy("As it was last sent."))
    accepted = models.ForeignKey(
        Identity,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        help_text=gettext_lazy("The last that was bound; it may have been renamed since."),
    )
    settlement = models.TextField(choices=Settlement, default=Settlement.UNSETTLED)
    asserted_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "assertion"
        constraints = [
            models.CheckConstraint(
                condition=Q(settlement__in=Settlement.values), name="a_settlement_is_declared"
            ),
            models.CheckConstraint(
                condition=~Q(settlement=Settlement.BOUND) | Q(accepted__isnull=False),
                name="a_bound_assertion_says_to_what",
            ),
        ]
        indexes = [
            models.Index(
                "accepted", condition=Q(accepted__isnull=False), name="assertion_of_identity"
            ),
            models.Index(
                "asserted_at",
                condition=Q(settlement=Settlement.UNSETTLED),
                name="unsettled_assertion",
            ),
        ]

    def __str__(self) -> str:
        return f"assertion on social account {self.social_account_id}"


class SeenAssertion(models.Model):
    """That somebody was signed in by an assertion of a SAML provider; nobody is again.

    Remembered for as long as the assertion could be brought once more.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, db_index=False)
    digest = models.BinaryField(help_text=gettext_lazy("Of its id."))
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "seen_assertion"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "digest"], name="one_sign_in_per_assertion"
            ),
        ]

    def __str__(self) -> str:
        return f"seen assertion {self.pk} of provider {self.provider_id}"
