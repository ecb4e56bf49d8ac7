"""``matricula sso``, for providers that speak SAML."""

from pathlib import Path
from typing import Annotated

import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, say, show_json
from matricula.lms.kernel.api import Invalid
from matricula.lms.organizations.api import get_organization
from matricula.lms.sign_on.api import (
    OnChangedKey,
    Protocol,
    ProviderDraft,
    ProviderOutline,
    add_saml_provider,
    fetch_metadata,
    get_outline,
    give_saml_addresses,
    refresh_saml_metadata,
)

Slug = Annotated[str, typer.Argument(help="The provider's short name, as it is in addresses.")]
School = Annotated[str, typer.Option("--organization", help="The school, by its key.")]
Title = Annotated[str, typer.Option("--title", help="What stands on the button.")]
Attribute = Annotated[
    str, typer.Option("--attribute", help="The attribute that is the student key, by its Name.")
]
Trusted = Annotated[
    list[str],
    typer.Option(
        "--trusted-domain",
        metavar="DOMAIN",
        help="A mail domain whose addresses it may prove. Repeatable.",
    ),
]
Changed = Annotated[
    OnChangedKey,
    typer.Option("--on-changed-key", help="When it calls somebody by another student key."),
]
FromPortal = Annotated[
    bool,
    typer.Option(
        "--from-portal",
        help="Take answers nobody asked for here: people begin at the school's own portal.",
    ),
]
Test = Annotated[
    bool,
    typer.Option("--test", help="Only show what it says; sign nobody in, and have no button."),
]
Metadata = typer.Option("--metadata", help="The provider's metadata: a file, or its address.")


class MetadataMissing(Invalid):
    """There is no such file."""

    code = "metadata-missing"


def add_saml(
    slug: Slug,
    *,
    organization: School,
    title: Title,
    metadata: Annotated[str, Metadata],
    attribute: Attribute,
    trusted: Trusted = [],  # noqa: B006  typer reads it and never writes to it
    on_changed_key: Changed = OnChangedKey.REFUSE,
    from_portal: FromPortal = False,
    test: Test = False,
    as_json: Json = False,
) -> None:
    """Register a school's SAML provider, and print what has to be registered there."""
    draft = ProviderDraft(
        slug=slug,
        organization_id=get_organization(key=organization).pk,
        title=title,
        protocol=Protocol.SAML,
        issuer="",
        key_claim=attribute,
        trusted_domains=trusted,
        on_changed_key=on_changed_key,
        is_test=test,
    )
    add_saml_provider(
        draft=draft,
        document=_read(metadata),
        source=metadata if _is_address(metadata) else "",
        takes_unasked=from_portal,
        by=operator(),
        at=now(),
    )
    found = get_outline(slug=slug, by=operator())
    if as_json:
        show_json({"provider": found, **describe_saml(slug)})
        return
    say(f"{found.title} ({found.slug}) of {found.organization} is {found.issuer}.")
    say_saml(found)


def refresh_metadata(
    slug: Slug, *, metadata: Annotated[str | None, Metadata] = None, as_json: Json = False
) -> None:
    """Read a SAML provider's metadata again, before it changes to another certificate."""
    document = None if metadata is None else _read(metadata)
    done = refresh_saml_metadata(slug=slug, document=document, by=operator(), at=now())
    if as_json:
        show_json({"refreshed": done})
        return
    say(f"{done.added} new certificates, {done.removed} gone, {done.kept} as before.")
    if done.moved:
        say("People are sent to another address now.")


def describe_saml(slug: str) -> dict[str, str]:
    """Return our addresses for a SAML provider, as JSON has them."""
    ours = give_saml_addresses(slug=slug)
    return {"entity_id": ours.entity_id, "acs": ours.acs_url, "metadata": ours.metadata_url}


def say_saml(found: ProviderOutline) -> None:
    """Print what has to be registered at a SAML provider."""
    ours = give_saml_addresses(slug=found.slug)
    say(f"To be registered there, best by our metadata: {ours.metadata_url}")
    say(f"entity id:       {ours.entity_id}")
    say(f"ACS (HTTP-POST): {ours.acs_url}")


def _is_address(said: str) -> bool:
    return said.startswith(("http://", "https://"))


def _read(said: str) -> bytes:
    if _is_address(said):
        return fetch_metadata(address=said)
    try:
        return Path(said).read_bytes()
    except OSError as error:
        raise MetadataMissing(f"{said} cannot be read: {error.strerror}.") from error
