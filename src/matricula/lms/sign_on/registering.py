"""Registering schools' providers, switching them on and off, and taking them away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.kernel.api import UNSTORABLE, Actor, Conflict, Invalid, quote
from matricula.lms.sign_on.models import SLUG, OnChangedKey, Protocol, Provider
from matricula.lms.sign_on.reading import UnknownProvider
from matricula.lms.sign_on.sealing import seal

TITLE_LENGTH = 100
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class SlugTaken(Conflict):
    """A provider has that slug already."""

    code = "slug-taken"


class ProviderInUse(Conflict):
    """People sign in by the provider; it can be switched off."""

    code = "provider-in-use"


class InvalidProvider(Invalid):
    """Something about the provider cannot be right; the message says what."""

    code = "invalid-provider"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderDraft:
    """What an operator says of a provider."""

    slug: str
    organization_id: int
    title: str
    protocol: Protocol
    issuer: str
    key_claim: str
    client_id: str = ""
    client_secret: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    trusted_domains: Sequence[str] = ()
    on_changed_key: str = OnChangedKey.REFUSE
    is_test: bool = False


def add_provider(*, draft: ProviderDraft, by: Actor, at: datetime) -> Provider:
    """Register a provider, which is on from now.

    Raises:
        InvalidProvider: something about it cannot be right.
        PermissionMissing: the actor may not manage sign-on.
        SlugTaken: a provider has its slug.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    require_possible(draft)
    provider = Provider(created_at=at, slug=draft.slug, protocol=draft.protocol)
    _fill(provider, draft)
    try:
        with transaction.atomic():
            provider.save(force_insert=True)
    except IntegrityError as error:  # the slug's unique
        raise SlugTaken(
            _("There is a provider %(slug)s already.") % {"slug": quote(draft.slug)}
        ) from error
    return provider


def change_provider(*, draft: ProviderDraft, by: Actor) -> Provider:
    """Change a provider to what the draft says; an empty secret leaves the one that is kept.

    Its slug, school and protocol stay: bindings and sign-ons hang on them.

    Raises:
        InvalidProvider: something about it cannot be right.
        PermissionMissing: the actor may not manage sign-on.
        UnknownProvider: there is none of that slug.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    require_possible(draft)
    with transaction.atomic():
        provider = _lock(draft.slug)
        kept = (provider.organization_id, provider.protocol)
        if kept != (draft.organization_id, draft.protocol):
            message = _("A provider's school and protocol stay: register another one.")
            raise InvalidProvider(message)
        _fill(provider, draft)
        provider.save()
    return provider


def switch_provider(*, slug: str, is_on: bool, by: Actor) -> None:
    """Let people sign in by a provider, or nobody. Bindings stay either way.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
        UnknownProvider: there is none.
    """
    _update(slug, by, is_on=is_on)


def set_test_mode(*, slug: str, is_test: bool, by: Actor) -> None:
    """Let a provider only show what it would do, or let it do it.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
        UnknownProvider: there is none.
    """
    _update(slug, by, is_test=is_test)


def set_metadata(*, slug: str, issuer: str, metadata: dict[str, Any], by: Actor) -> None:
    """Keep what a SAML provider's metadata says now.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
        UnknownProvider: there is none.
    """
    _update(slug, by, issuer=issuer, metadata=metadata)


def remove_provider(*, slug: str, by: Actor) -> None:
    """Take away a provider by which nobody has signed in.

    Raises:
        PermissionMissing: the actor may not manage sign-on.
        ProviderInUse: somebody has.
        UnknownProvider: there is none.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    with transaction.atomic():
        provider = _lock(slug)
        try:
            provider.delete()
        except ProtectedError:
            message = _("People have signed in by %(slug)s. Switch it off instead.") % {
                "slug": slug
            }
            raise ProviderInUse(message) from None


def _update(slug: str, by: Actor, **values: object) -> None:
    require_permission(by, Permission.SIGN_ON_MANAGE)
    if not Provider.objects.filter(slug=slug).update(**values):
        raise UnknownProvider(_("There is no provider %(slug)s.") % {"slug": quote(slug)})


def _lock(slug: str) -> Provider:
    found = Provider.objects.select_for_update().filter(slug=slug).first()
    if found is None:
        raise UnknownProvider(_("There is no provider %(slug)s.") % {"slug": quote(slug)})
    return found


def _fill(provider: Provider, draft: ProviderDraft) -> None:
    provider.organization_id = draft.organization_id
    provider.title = draft.title.strip()
    provider.issuer = draft.issuer.strip()
    provider.client_id = draft.client_id.strip()
    provider.key_claim = draft.key_claim.strip()
    provider.trusted_domains = [each.strip().lower() for each in draft.trusted_domains]
    provider.on_changed_key = draft.on_changed_key
    provider.is_test = draft.is_test
    provider.metadata = draft.metadata
    if draft.client_secret:
        provider.sealed_secret = seal(draft.client_secret)


def require_possible(draft: ProviderDraft) -> None:
    """Answer with silence if the provider can be as the draft says.

    Raises:
        InvalidProvider: it cannot; the message says why.
    """
    if fault := _find_fault(draft):
        raise InvalidProvider(fault)


def _find_fault(draft: ProviderDraft) -> str | None:
    """Say in words the first thing that is wrong, or None if nothing is."""
    title, claim, issuer = draft.title.strip(), draft.key_claim.strip(), draft.issuer.strip()
    parts = urlsplit(issuer) if draft.protocol is Protocol.OIDC else None
    faults = {
        "The slug must be 1 to 50 small letters and digits, with single dashes inside.": (
            not re.fullmatch(SLUG, draft.slug)
        ),
        f"The title must have 1 to {TITLE_LENGTH} characters, on one line.": (
            not 0 < len(title) <= TITLE_LENGTH or UNSTORABLE.search(title)
        ),
        "Say which claim or attribute is the student key.": (
            not claim or UNSTORABLE.search(claim)
        ),
        "Say how the provider calls itself: its issuer.": not issuer or UNSTORABLE.search(issuer),
        f"A changed key can be treated as {', '.join(OnChangedKey.values)}.": (
            draft.on_changed_key not in OnChangedKey.values
        ),
        "A trusted domain is written like students.example.edu.": any(
            "@" in each or "." not in each for each in draft.trusted_domains
        ),
        "The issuer must be an https address (http only on this machine itself).": (
            parts is not None and not is_safe_address(issuer)
        ),
        "The issuer has no query and no fragment.": (
            parts is not None and (parts.query or parts.fragment)
        ),
        "Say the client id that the provider gave us.": (
            parts is not None and not draft.client_id.strip()
        ),
    }
    return next((words for words, is_so in faults.items() if is_so), None)


def is_safe_address(address: str) -> bool:
    """Tell whether nobody can listen in on the way to the address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.username is not None or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
