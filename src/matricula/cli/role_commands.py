"""``matricula role``: who may do what."""

from typing import Annotated

import typer

from matricula.cli.acting import operator
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.lms.access.api import ROLES, give_role, list_roles_of, take_role
from matricula.lms.accounts.api import Account, get_account
from matricula.lms.organizations.api import get_organization

app = typer.Typer(no_args_is_help=True, help="Say who may do what.")

Username = Annotated[str, typer.Argument(help="The username.")]
Role = Annotated[str, typer.Argument(help=f"The role: {', '.join(ROLES)}.")]
Organization = Annotated[
    str | None,
    typer.Option("--organization", help="At this one, by key; without it at all of them."),
]
WHERE = "everywhere"


@app.command("give")
def give(
    username: Username, role: Role, *, organization: Organization = None, as_json: Json = False
) -> None:
    """Give an account a role."""
    account = get_account(username=username)
    is_new = give_role(
        account_id=account.pk,
        role=role,
        organization_id=find_organization_id(organization),
        by=operator(),
    )
    words = "now has" if is_new else "has already"
    _say(account, role, organization, words, as_json=as_json, changed=is_new)


@app.command("take")
def take(
    username: Username, role: Role, *, organization: Organization = None, as_json: Json = False
) -> None:
    """Take a role from an account: where it was given, and nowhere else."""
    account = get_account(username=username)
    was_held = take_role(
        account_id=account.pk,
        role=role,
        organization_id=find_organization_id(organization),
        by=operator(),
    )
    words = "no longer has" if was_held else "did not have"
    _say(account, role, organization, words, as_json=as_json, changed=was_held)


@app.command("list")
def list_(username: Username, *, as_json: Json = False) -> None:
    """List an account's roles."""
    account = get_account(username=username)
    held = [
        (each.role, each.organization.key if each.organization else None)
        for each in list_roles_of(account_id=account.pk)
    ]
    if as_json:
        roles = [{"role": role, "organization": where} for role, where in held]
        show_json({"account": account.username, "roles": roles})
        return
    show_table(["role", "organization"], [(role, where or WHERE) for role, where in held])


def find_organization_id(key: str | None) -> int | None:
    """Return the id of the organization of that key; None, for all of them, without a key."""
    return None if key is None else get_organization(key=key).pk


def _say(
    account: Account,
    role: str,
    organization: str | None,
    words: str,
    *,
    as_json: bool,
    changed: bool,
) -> None:
    if as_json:
        said = {"account": account.username, "role": role, "organization": organization}
        show_json({**said, "changed": changed})
    else:
        say(f"{account.username} {words} {role} {organization or WHERE}.")
