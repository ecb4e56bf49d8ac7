"""Registering SAML providers by their metadata, and keeping it fresh."""

from dataclasses import replace
from datetime import datetime

import msgspec
from django.db import transaction

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.kernel.api import Actor, Invalid
from matricula.lms.sign_on.models import Protocol, Provider
from matricula.lms.sign_on.reading import get_provider
from matricula.lms.sign_on.registering import ProviderDraft, add_provider, set_metadata
from matricula.lms.sign_on.saml.addressing import read_stored
from matricula.lms.sign_on.saml.fetching_metadata import fetch_metadata
from matricula.lms.sign_on.saml.reading_metadata import InvalidMetadata, Metadata, read_metadata


class NoSamlProvider(Invalid):
    """The provider speaks another protocol."""

    code = "no-saml-provider"


class NoMetadataAddress(Invalid):
    """The provider's metadata came as a file, so nobody knows where to fetch it again."""

    code = "no-metadata-address"


class Refreshed(msgspec.Struct, frozen=True):
    """What a refresh has changed: certificates that came and went, and whether the address did."""

    added: int
    removed: int
    kept: int
    moved: bool


def add_saml_provider(
    *,
    draft: ProviderDraft,
    document: bytes,
    source: str = "",
    takes_unasked: bool = False,
    by: Actor,
    at: datetime,
) -> Provider:
    """Register a SAML provider by its metadata, which says its issuer, address and certificates.

    ``takes_unasked`` lets people begin at the school's own portal (ADR 0021 says what that costs).

    Raises:
        InvalidMetadata: it cannot be used.
        InvalidProvider, SlugTaken: as ``add_provider``.
        PermissionMissing: the actor may not manage sign-on.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    read = read_metadata(document, at=at)
    kept = Metadata(read.sso_url, read.certificates, source, takes_unasked)
    full = replace(
        draft,
        protocol=Protocol.SAML,
        issuer=read.entity_id,
        metadata=msgspec.to_builtins(kept),
    )
    return add_provider(draft=full, by=by, at=at)


def refresh_saml_metadata(
    *, slug: str, document: bytes | None = None, by: Actor, at: datetime
) -> Refreshed:
    """Read a provider's metadata again, from its address or as given; nothing else changes.

    Who it is stays: metadata of another entity is refused, for it would let in another's people.

    Raises:
        InvalidMetadata: it cannot be used, or is of another entity.
        MetadataUnavailable: its address does not answer; what is kept stays.
        NoMetadataAddress: none is kept, and no document is given.
        NoSamlProvider: it speaks another protocol.
        PermissionMissing: the actor may not manage sign-on.
        UnknownProvider: there is none.
    """
    require_permission(by, Permission.SIGN_ON_MANAGE)
    source = _get_stored(slug)[1].source
    if document is None and not source:
        raise NoMetadataAddress("This provider's metadata came as a file: give the new file.")
    read = read_metadata(document or fetch_metadata(address=source), at=at)
    with transaction.atomic():
        provider, stored = _get_stored(slug)
        if read.entity_id != provider.issuer:
            raise InvalidMetadata("The metadata is of another provider: its entityID differs.")
        fresh = msgspec.structs.replace(
            stored, sso_url=read.sso_url, certificates=read.certificates
        )
        set_metadata(slug=slug, issuer=provider.issuer, metadata=msgspec.to_builtins(fresh), by=by)
    old, new = set(stored.certificates), set(fresh.certificates)
    return Refreshed(
        added=len(new - old),
        removed=len(old - new),
        kept=len(old & new),
        moved=stored.sso_url != fresh.sso_url,
    )


def _get_stored(slug: str) -> tuple[Provider, Metadata]:
    provider = get_provider(slug=slug)
    if provider.protocol != Protocol.SAML:
        raise NoSamlProvider(f"The provider {slug} does not speak SAML.")
    return provider, read_stored(provider)
