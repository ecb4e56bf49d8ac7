"""``matricula account``: making and retiring accounts."""

from datetime import datetime
from typing import Annotated

import typer
from django.db import transaction

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, Reason, say, show_json
from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import (
    Account,
    InvalidAccount,
    NewAccount,
    create_accounts,
    get_account,
)
from matricula.lms.identities.api import Outcome, Via, bind_identity, email_address, retire_account
from matricula.lms.kernel.api import Actor, quote

app = typer.Typer(no_args_is_help=True, help="Make and retire accounts.")

Username = Annotated[str, typer.Argument(help="The username.")]


@app.command("create")
def create(
    username: Username,
    *,
    email: Annotated[str, typer.Option("--email", help="Where to write to.")],
    password: Annotated[
        str | None,
        typer.Option("--password", help="Without one nobody can sign in with a password."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The person's full name.")] = "",
    staff: Annotated[bool, typer.Option("--staff", help="May enter the admin.")] = False,
    verified: Annotated[
        bool,
        typer.Option("--verified", help="The address is proven: take up what waits for it."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make an account. With --verified it takes up everything made for its address."""
    by, at = operator(), now()
    require_permission(by, Permission.ACCOUNTS_CREATE)
    if not email.strip():
        raise InvalidAccount(f"Account {quote(username)}: email: the address is blank.")
    wanted = NewAccount(
        username=username, email=email, password=password, name=name, is_staff=staff
    )
    with transaction.atomic():
        account = create_accounts(accounts=[wanted], at=at)[0]
        outcome = _prove_address(account, by=by, at=at) if verified else None
    if as_json:
        show_json({"account": account.username, "uuid": account.uuid, "email": outcome})
    else:
        say(f"Account {account.username} is made.")
        if outcome is Outcome.REFUSED:
            say("Its address is another account's: see `matricula identity conflicts`.")
        elif outcome:
            say("Its address is proven.")
    if outcome is Outcome.REFUSED:
        raise typer.Exit(1)


@app.command("retire")
def retire(username: Username, *, reason: Reason, as_json: Json = False) -> None:
    """Erase a person: names become keyed hashes everywhere, what they did stays countable."""
    account = get_account(username=username)
    report = retire_account(account=account, by=operator(), at=now(), reason=reason)
    if as_json:
        show_json(report)
    else:
        say(
            f"Retired: {report.identities} identities, {report.roles} roles, "
            f"{report.conflicts} open conflicts. Enrollments, grades and history are kept."
        )


def _prove_address(account: Account, *, by: Actor, at: datetime) -> Outcome:
    return bind_identity(
        name=email_address(account.email),
        account_id=account.pk,
        via=Via.VERIFIED_EMAIL,
        by=by,
        at=at,
    ).outcome
