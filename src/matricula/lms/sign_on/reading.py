"""Reading which providers there are."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.kernel.api import Actor, NotFound, quote
from matricula.lms.sign_on.models import Assertion, Provider, Settlement


class UnknownProvider(NotFound):
    """No provider has that slug."""

    code = "provider-not-found"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderOutline:
    """A provider, as it may be shown: its secret is not in it."""

    slug: str
    organization: str
    title: str
    protocol: str
    issuer: str
    client_id: str
    has_secret: bool
    key_claim: str
    trusted_domains: tuple[str, ...]
    on_changed_key: str
    is_on: bool
    is_test: bool
    created_at: datetime
    people: int
    unsettled: int


@dataclass(frozen=True, slots=True)
class Door:
    """A way in that is offered to everybody."""

    slug: str
    title: str


def list_doors() -> list[Door]:
    """Return the providers whose buttons stand where people sign in: on, and not in test mode."""
    found = Provider.objects.filter(is_on=True, is_test=False).order_by("title", "slug")
    return [Door(slug, title) for slug, title in found.values_list("slug", "title")]


def list_providers(*, by: Actor) -> list[ProviderOutline]:
    """Return all providers, in the order of their slugs.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    found = Provider.objects.select_related("organization").annotate(
        people=Count("assertion"),
        unsettled=Count("assertion", filter=Q(assertion__settlement=Settlement.UNSETTLED)),
    )
    return [_outline(each) for each in found.order_by("slug")]


def get_outline(*, slug: str, by: Actor) -> ProviderOutline:
    """Return one provider.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
        UnknownProvider: there is none.
    """
    for each in list_providers(by=by):
        if each.slug == slug:
            return each
    raise UnknownProvider(f"There is no provider {quote(slug)}.")


def get_provider(*, slug: str) -> Provider:
    """Return the provider of that slug with its organization.

    Raises:
        UnknownProvider: there is none.
    """
    found = Provider.objects.select_related("organization").filter(slug=slug).first()
    if found is None:
        raise UnknownProvider(f"There is no provider {quote(slug)}.")
    return found


def get_open_provider(*, slug: str) -> Provider:
    """Return the provider of that slug if people may sign in by it.

    Raises:
        UnknownProvider: there is none, or it is switched off.
    """
    found = get_provider(slug=slug)
    if not found.is_on:
        raise UnknownProvider(f"There is no provider {quote(slug)}.")
    return found


def has_joined(*, account_id: int, slug: str) -> bool:
    """Tell whether somebody of that provider signs in to the account."""
    mine = Assertion.objects.filter(provider=OuterRef("pk"), social_account__user=account_id)
    return Provider.objects.filter(Exists(mine), slug=slug).exists()


def _outline(provider: Provider) -> ProviderOutline:
    return ProviderOutline(
        slug=provider.slug,
        organization=provider.organization.key,
        title=provider.title,
        protocol=provider.protocol,
        issuer=provider.issuer,
        client_id=provider.client_id,
        has_secret=bool(provider.sealed_secret),
        key_claim=provider.key_claim,
        trusted_domains=tuple(provider.trusted_domains),
        on_changed_key=provider.on_changed_key,
        is_on=provider.is_on,
        is_test=provider.is_test,
        created_at=provider.created_at,
        people=getattr(provider, "people", 0),
        unsettled=getattr(provider, "unsettled", 0),
    )
