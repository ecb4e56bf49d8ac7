"""``matricula account``: making, merging and retiring accounts."""

from datetime import datetime
from typing import Annotated

import msgspec
import typer
from django.db import transaction

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, Reason, say, show_json, show_table
from matricula.lms.access.api import Permission, require_permission
from matricula.lms.accounts.api import (
    Account,
    InvalidAccount,
    NewAccount,
    create_accounts,
    get_account,
)
from matricula.lms.addresses.api import keep_own_address
from matricula.lms.identities.api import Outcome, Via, bind_identity, email_address
from matricula.lms.kernel.api import Actor, quote
from matricula.lms.people.api import Merger, Retirement, merge_accounts, retire_account

app = typer.Typer(no_args_is_help=True, help="Make, merge and retire accounts.")

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
        keep_own_address(account=account, at=at)
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
        _tell_retirement(report)


@app.command("merge")
def merge(
    username: Annotated[str, typer.Argument(help="The account that is closed.")],
    into: Annotated[str, typer.Argument(help="The account that the person goes on with.")],
    *,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Give a person's one account all that their other one holds, and close that one."""
    report = merge_accounts(
        source=get_account(username=username),
        into=get_account(username=into),
        by=operator(),
        at=now(),
        reason=reason,
    )
    if as_json:
        show_json(report)
    else:
        _tell_merger(report)


def _tell_retirement(report: Retirement) -> None:
    if not report.erased.accounts:
        say("The person was retired before; nothing changed.")
        return
    say("Erased:")
    show_table(["what", "how much"], _list_counts(report.erased))
    say("\nKept:")
    show_table(["what", "how much", "why"], [(k.what, k.count, k.why) for k in report.kept])


def _tell_merger(report: Merger) -> None:
    counts = _list_counts(report)
    if counts:
        show_table(["what", "how much"], counts)
    say("They are one account now. Roles stay behind: give them anew where they are meant.")


def _list_counts(report: msgspec.Struct) -> list[tuple[str, int]]:
    counts: dict[str, int] = msgspec.structs.asdict(report)
    return [(what.replace("_", " "), count) for what, count in counts.items() if count]


def _prove_address(account: Account, *, by: Actor, at: datetime) -> Outcome:
    return bind_identity(
        name=email_address(account.email),
        account_id=account.pk,
        via=Via.VERIFIED_EMAIL,
        by=by,
        at=at,
    ).outcome
