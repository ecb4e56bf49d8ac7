"""``matricula sso``: schools' providers, by which their people sign in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.cli.sso_keys_commands import migrate_keys
from matricula.cli.sso_saml_commands import add_saml, describe_saml, refresh_metadata, say_saml
from matricula.lms.kernel.api import Invalid
from matricula.lms.organizations.api import get_organization
from matricula.lms.sign_on.api import (
    OnChangedKey,
    Protocol,
    ProviderDraft,
    ProviderOutline,
    add_provider,
    callback_address,
    get_outline,
    list_providers,
    remove_provider,
    set_test_mode,
    switch_provider,
)

app = typer.Typer(no_args_is_help=True, help="Let schools say who somebody is.")
app.command("migrate-keys")(migrate_keys)
app.command("add-saml")(add_saml)
app.command("refresh-metadata")(refresh_metadata)

Slug = Annotated[str, typer.Argument(help="The provider's short name, as it is in addresses.")]
School = Annotated[str, typer.Option("--organization", help="The school, by its key.")]
Title = Annotated[str, typer.Option("--title", help="What stands on the button.")]
Test = Annotated[
    bool,
    typer.Option("--test", help="Only show what it says; sign nobody in, and have no button."),
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


class SecretMissing(Invalid):
    """There is nothing where the client secret should be."""

    code = "client-secret-missing"


@app.command("add-oidc")
def add_oidc(
    slug: Slug,
    *,
    organization: School,
    title: Title,
    issuer: Annotated[str, typer.Option("--issuer", help="Its address, as it calls itself.")],
    client_id: Annotated[str, typer.Option("--client-id", help="What it calls us.")],
    secret_file: Annotated[
        Path | None,
        typer.Option(
            "--client-secret-file",
            help="Where the secret is that it gave us; - is standard input. Without it: none.",
        ),
    ] = None,
    claim: Annotated[str, typer.Option("--claim", help="The claim that is the student key.")],
    trusted: Trusted = [],  # noqa: B006  typer reads it and never writes to it
    on_changed_key: Changed = OnChangedKey.REFUSE,
    test: Test = False,
    as_json: Json = False,
) -> None:
    """Register a school's OpenID Connect provider."""
    draft = ProviderDraft(
        slug=slug,
        organization_id=get_organization(key=organization).pk,
        title=title,
        protocol=Protocol.OIDC,
        issuer=issuer,
        client_id=client_id,
        client_secret="" if secret_file is None else _read_secret(secret_file),
        key_claim=claim,
        trusted_domains=trusted,
        on_changed_key=on_changed_key,
        is_test=test,
    )
    add_provider(draft=draft, by=operator(), at=now())
    show_provider(slug, as_json=as_json)


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the providers."""
    found = list_providers(by=operator())
    if as_json:
        show_json({"providers": found})
        return
    show_table(
        ["slug", "school", "title", "protocol", "state", "people", "unsettled"],
        [
            (
                each.slug,
                each.organization,
                each.title,
                each.protocol,
                _describe_state(each),
                each.people,
                each.unsettled or "",
            )
            for each in found
        ],
    )


@app.command("show")
def show(slug: Slug, *, as_json: Json = False) -> None:
    """Show a provider, and what has to be registered there. Its secret is not shown."""
    show_provider(slug, as_json=as_json)


@app.command("switch-off")
def switch_off(slug: Slug, *, as_json: Json = False) -> None:
    """Let nobody sign in by a provider. What was bound stays bound."""
    switch_provider(slug=slug, is_on=False, by=operator())
    show_provider(slug, as_json=as_json)


@app.command("switch-on")
def switch_on(slug: Slug, *, as_json: Json = False) -> None:
    """Let people sign in by a provider again."""
    switch_provider(slug=slug, is_on=True, by=operator())
    show_provider(slug, as_json=as_json)


@app.command("test-mode")
def try_out(
    slug: Slug,
    *,
    is_test: Annotated[bool, typer.Option("--on/--off", help="Whether it is only tried out.")],
    as_json: Json = False,
) -> None:
    """Let a provider only show what it says, or let people sign in by it."""
    set_test_mode(slug=slug, is_test=is_test, by=operator())
    show_provider(slug, as_json=as_json)


@app.command("remove")
def remove(slug: Slug, *, as_json: Json = False) -> None:
    """Take away a provider by which nobody has signed in yet."""
    remove_provider(slug=slug, by=operator())
    if as_json:
        show_json({"removed": slug})
    else:
        say(f"Provider {slug} is gone.")


def show_provider(slug: str, *, as_json: bool) -> None:
    """Print a provider, and what has to be registered there."""
    found = get_outline(slug=slug, by=operator())
    is_saml = found.protocol == Protocol.SAML
    if as_json:
        there = describe_saml(slug) if is_saml else {"redirect_uri": callback_address(slug)}
        show_json({"provider": found, **there})
        return
    say(f"{found.title} ({found.slug}), {found.protocol}, of {found.organization}")
    say(f"state:           {_describe_state(found)}")
    say(f"issuer:          {found.issuer}")
    if not is_saml:
        say(f"client id:       {found.client_id} ({'with' if found.has_secret else 'no'} secret)")
    say(f"student key:     {found.key_claim}")
    say(f"when it changes: {OnChangedKey(found.on_changed_key).label}")
    say(f"proves mail of:  {', '.join(found.trusted_domains) or 'nobody'}")
    say(f"people:          {found.people}, {found.unsettled} of them to be settled")
    if is_saml:
        say_saml(found)
    else:
        say(f"To be registered there as redirect URI: {callback_address(slug)}")


def _describe_state(found: ProviderOutline) -> str:
    if not found.is_on:
        return "off"
    return "on, in test mode" if found.is_test else "on"


def _read_secret(path: Path) -> str:
    try:
        said = sys.stdin.read() if str(path) == "-" else path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretMissing(f"{path} cannot be read: {error}.") from error
    if not said.strip():
        raise SecretMissing(f"There is nothing in {path}.")
    return said.strip()
