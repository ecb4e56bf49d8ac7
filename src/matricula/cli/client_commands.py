"""``matricula client``: programs that call the LMS."""

from collections.abc import Iterable
from typing import Annotated

import typer

from matricula.cli.acting import now, operator
from matricula.cli.role_commands import WHERE, Organization, find_organization_id
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.lms.access.api import ROLES
from matricula.lms.clients.api import (
    NewClient,
    change_redirect_uris,
    create_client,
    delete_client,
    list_clients,
    renew_client_secret,
)

app = typer.Typer(no_args_is_help=True, help="Let programs call the LMS.")

Name = Annotated[str, typer.Argument(help="The client's name.")]
RedirectUris = Annotated[
    list[str] | None,
    typer.Option(
        "--redirect-uri",
        metavar="URI",
        help="People may sign in here for it, and are sent exactly there: https, or http on this "
        "machine. Only if trusted. Repeatable.",
    ),
]


@app.command("create")
def create(
    name: Name,
    *,
    roles: Annotated[
        list[str], typer.Option("--role", help=f"What it may do: {', '.join(ROLES)}. Repeatable.")
    ],
    organization: Organization = None,
    trusted: Annotated[
        bool, typer.Option("--trusted", help="Of the platform itself: no limit of requests.")
    ] = False,
    redirect_uris: RedirectUris = None,
    as_json: Json = False,
) -> None:
    """Make a client, and print its id and secret. The secret is shown now and never again."""
    made = create_client(
        name=name,
        roles=roles,
        organization_id=find_organization_id(organization),
        is_trusted=trusted,
        redirect_uris=redirect_uris or (),
        by=operator(),
        at=now(),
    )
    _show_secret(made, as_json=as_json)


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the clients."""
    clients = list_clients(by=operator())
    if as_json:
        show_json({"clients": clients})
        return
    show_table(
        ["name", "client id", "account", "trusted", "roles", "signs people in at"],
        [
            (
                each.name,
                each.client_id,
                each.username,
                "yes" if each.is_trusted else "",
                _join(f"{held.role} {held.organization or WHERE}" for held in each.roles),
                _join(each.redirect_uris),
            )
            for each in clients
        ],
    )


@app.command("renew")
def renew(name: Name, *, as_json: Json = False) -> None:
    """Give a client another secret, if the old one is lost or known to somebody else."""
    _show_secret(renew_client_secret(name=name, by=operator()), as_json=as_json)


@app.command("redirect")
def redirect(name: Name, *, redirect_uris: RedirectUris = None, as_json: Json = False) -> None:
    """Say anew where people are sent who sign in for a client; without URIs, nowhere."""
    wanted = redirect_uris or []
    change_redirect_uris(name=name, redirect_uris=wanted, by=operator())
    if as_json:
        show_json({"name": name, "redirect_uris": wanted})
    else:
        say(f"People who sign in for client {name} are sent to {_join(wanted) or 'no place'}.")


@app.command("delete")
def delete(name: Name, *, as_json: Json = False) -> None:
    """Delete a client. Its tokens are void at once; what it has done stays."""
    delete_client(name=name, by=operator())
    if as_json:
        show_json({"deleted": name})
    else:
        say(f"Client {name} is deleted.")


def _show_secret(made: NewClient, *, as_json: bool) -> None:
    if as_json:
        show_json(made)
        return
    say(f"Client {made.name} acts as account {made.username}.")
    say(f"client id:     {made.client_id}")
    say(f"client secret: {made.client_secret}")


def _join(words: Iterable[str]) -> str:
    return ", ".join(words)
