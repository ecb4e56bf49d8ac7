"""``matricula waiting``: enrollments of people who have not proven their names yet."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, Reason, say, show_json, show_table
from matricula.lms.catalog.api import get_program, list_programs_titled
from matricula.lms.identities.api import email_address, student_key
from matricula.lms.kernel.api import fold, quote
from matricula.lms.organizations.api import get_organization
from matricula.lms.preemptive_enrollments.api import (
    LONGEST_DAYS,
    TakenBack,
    Waiting,
    WaitingEnrollment,
    expire_waiting,
    list_waiting,
    withdraw_waiting,
)

app = typer.Typer(no_args_is_help=True, help="What waits for people without accounts.")

EXPIRY_DAYS = 60
SHOWN = 50

Program = Annotated[str | None, typer.Option("--program", help="Of one program, by key.")]
Organization = Annotated[
    str | None, typer.Option("--organization", help="Of one school's students, by key.")
]


@app.command("list")
def list_(
    *,
    program: Program = None,
    program_title: Annotated[
        str | None,
        typer.Option("--program-title", help="Of the programs with that in their title."),
    ] = None,
    organization: Organization = None,
    student: Annotated[
        str | None,
        typer.Option("--student", help="A student key; needs --organization or --program."),
    ] = None,
    email: Annotated[str | None, typer.Option("--email", help="Made for that address.")] = None,
    older_than: Annotated[
        int | None,
        typer.Option("--older-than", help="Unchanged for so many days.", min=1, max=LONGEST_DAYS),
    ] = None,
    as_json: Json = False,
) -> None:
    """List what waits, oldest first."""
    since = None if older_than is None else now() - timedelta(days=older_than)
    which = _which(
        program,
        organization,
        keys=None if student is None else [student],
        email=email,
        title=program_title,
        unchanged_since=since,
    )
    found = list_waiting(which=which, by=operator())
    if as_json:
        show_json({"waiting": found})
        return
    _show_found(found)


@app.command("withdraw")
def withdraw(
    keys: Annotated[list[str] | None, typer.Argument(help="Student keys; none means all.")] = None,
    *,
    reason: Reason,
    program: Program = None,
    organization: Organization = None,
    as_json: Json = False,
) -> None:
    """Take back what waits: of a program, a school, or the student keys named.

    Ends with status 1 if nothing waits for a key; what waits for the others is taken back.
    """
    which = _which(program, organization, keys=keys)
    missing = _list_missing(which)
    taken = withdraw_waiting(which=which, by=operator(), at=now(), reason=reason)
    if as_json:
        show_json({**msgspec.structs.asdict(taken), "nothing_waits_for": missing})
    else:
        _show(taken, as_json=False)
        if missing:
            say(f"Nothing waits for: {', '.join(map(quote, missing))}.")
    if missing:
        raise typer.Exit(1)


@app.command("expire")
def expire(
    *,
    days: Annotated[
        int,
        typer.Option(
            "--days", help="Unchanged for so long, courses included.", min=1, max=LONGEST_DAYS
        ),
    ] = EXPIRY_DAYS,
    program: Program = None,
    organization: Organization = None,
    as_json: Json = False,
) -> None:
    """Take back what has waited too long. The ledger keeps every row of it."""
    which = _which(program, organization)
    taken = expire_waiting(which=which, days=days, by=operator(), at=now())
    _show(taken, as_json=as_json)


def _which(
    program: str | None,
    organization: str | None,
    *,
    keys: list[str] | None = None,
    email: str | None = None,
    title: str | None = None,
    unchanged_since: datetime | None = None,
) -> Waiting:
    outline = None if program is None else get_program(key=program)
    school = None if organization is None else get_organization(key=organization).pk
    issuer = school or (outline.organization_id if outline else None)
    if keys and issuer is None:
        raise typer.BadParameter("Say whose student keys they are: --organization or --program.")
    names = [student_key(key, organization_id=issuer) for key in keys or () if issuer]
    names += [] if email is None else [email_address(email)]
    return Waiting(
        program_id=outline.id if outline else None,
        program_ids=None if title is None else tuple(list_programs_titled(title=title)),
        organization_id=school,
        names=tuple(names) or None,
        unchanged_since=unchanged_since,
    )


def _list_missing(which: Waiting) -> list[str]:
    """Say which of the names have nothing that waits."""
    if which.names is None:
        return []
    found = {fold(each.value) for each in list_waiting(which=which, by=operator())}
    return [name.stored for name in which.names if name.folded not in found]


def _show(taken: TakenBack, *, as_json: bool) -> None:
    if as_json:
        show_json(taken)
    else:
        say(
            f"Taken back: {taken.program_enrollments} program enrollments, "
            f"{taken.course_enrollments} course enrollments, {taken.course_roles} staff roles."
        )


def _show_found(found: list[WaitingEnrollment]) -> None:
    show_table(
        ["school", "kind", "value", "program or course", "status", "courses", "since"],
        [
            (
                each.organization,
                each.kind,
                each.value,
                each.program or each.course_run,
                each.status,
                each.courses,
                f"{each.since:%Y-%m-%d}",
            )
            for each in found[:SHOWN]
        ],
    )
    more = f" ({len(found) - SHOWN} not shown; --json has all)" if len(found) > SHOWN else ""
    say(f"{len(found)} waiting{more}.")
