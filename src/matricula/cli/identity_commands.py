"""``matricula identity``: linking students to accounts by hand, and what stands against it."""

from typing import Annotated

import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, Reason, say, show_json, show_table
from matricula.lms.accounts.api import get_account, map_usernames
from matricula.lms.identities.api import (
    Identity,
    IdentityName,
    Outcome,
    Via,
    bind_identity,
    get_identity,
    list_conflicts,
    rebind_identity,
    resolve_conflict,
    student_key,
    unbind_identity,
)
from matricula.lms.organizations.api import get_organization

app = typer.Typer(no_args_is_help=True, help="Link students to accounts by hand.")

Organization = Annotated[str, typer.Argument(help="The key of the school.")]
StudentKey = Annotated[str, typer.Argument(help="What the school calls the student.")]
Username = Annotated[str, typer.Argument(help="The username of the account.")]


@app.command("bind")
def bind(
    organization: Organization,
    key: StudentKey,
    username: Username,
    *,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Bind a student key to an account: all that was made for it is theirs at once."""
    account = get_account(username=username)
    answer = bind_identity(
        name=_name(organization, key),
        account_id=account.pk,
        via=Via.STAFF,
        by=operator(),
        at=now(),
        reason=reason,
    )
    holder = map_usernames(account_ids=[answer.holder_id])[answer.holder_id]
    if as_json:
        show_json({"outcome": answer.outcome, "account": holder})
    else:
        say(
            {
                Outcome.BOUND: f"Bound to {holder}.",
                Outcome.ALREADY: f"It is {holder}'s already.",
                Outcome.REFUSED: f"Refused: it is {holder}'s. The attempt is kept as a conflict; "
                "`matricula identity rebind` moves it.",
            }[answer.outcome]
        )
    if answer.outcome is Outcome.REFUSED:
        raise typer.Exit(1)


@app.command("rebind")
def rebind(
    organization: Organization,
    key: StudentKey,
    username: Username,
    *,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Move a student key to another account, with everything made for it."""
    account = get_account(username=username)
    name = _name(organization, key)
    before = rebind_identity(
        name=name, account_id=account.pk, by=operator(), at=now(), reason=reason
    )
    former = None if before is None else map_usernames(account_ids=[before])[before]
    if as_json:
        show_json({"account": account.username, "former": former})
    elif before == account.pk:
        say(f"It is {account.username}'s already.")
    else:
        say(f"It is {account.username}'s now; it was {former or 'nobody'}'s.")


@app.command("unbind")
def unbind(
    organization: Organization, key: StudentKey, *, reason: Reason, as_json: Json = False
) -> None:
    """Take a student key from its account; what was made for it waits again."""
    holder = unbind_identity(name=_name(organization, key), by=operator(), at=now(), reason=reason)
    former = map_usernames(account_ids=[holder])[holder]
    if as_json:
        show_json({"former": former})
    else:
        say(f"It was {former}'s; it waits now.")


@app.command("show")
def show(organization: Organization, key: StudentKey, *, as_json: Json = False) -> None:
    """Show a student key: whose it is, since when, and how that came about."""
    identity = get_identity(name=_name(organization, key), by=operator())
    data = _describe(identity, organization)
    if as_json:
        show_json(data)
    else:
        show_table(["", ""], data.items())


@app.command("conflicts")
def conflicts(*, as_json: Json = False) -> None:
    """List refused bindings with both sides, oldest first."""
    found = list_conflicts(by=operator())
    if as_json:
        show_json({"conflicts": found})
        return
    if not found:
        say("No open conflicts.")
        return
    show_table(
        ["number", "school", "kind", "value", "held by", "claimed by", "via", "times", "last"],
        [
            (
                each.id,
                each.organization,
                each.kind,
                each.value,
                each.holder,
                each.claimant,
                each.via,
                each.attempts,
                f"{each.last_at:%Y-%m-%d %H:%M}",
            )
            for each in found
        ],
    )


@app.command("resolve")
def resolve(
    number: Annotated[int, typer.Argument(help="Its number in `identity conflicts`.")],
    *,
    reason: Reason,
    rebind: Annotated[
        bool,
        typer.Option("--rebind/--keep", help="Move it to the claimant, or leave it as it is."),
    ],
) -> None:
    """End a conflict, one way or the other."""
    resolve_conflict(conflict_id=number, rebind=rebind, by=operator(), at=now(), reason=reason)
    say("Moved to the claimant." if rebind else "Left with its holder.")


def _name(organization: str, key: str) -> IdentityName:
    return student_key(key, organization_id=get_organization(key=organization).pk)


def _describe(identity: Identity, organization: str) -> dict[str, object]:
    holder = identity.account_id
    return {
        "organization": organization,
        "student_key": identity.value,
        "account": None if holder is None else map_usernames(account_ids=[holder])[holder],
        "bound_at": identity.bound_at,
        "bound_via": identity.bound_via,
        "waiting": holder is None and identity.retired_at is None,
    }
