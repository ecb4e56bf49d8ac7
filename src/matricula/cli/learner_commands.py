"""``matricula learner``: the whole picture of a person."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from matricula.cli.acting import now, operator
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.lms.identities.api import email_address, student_key
from matricula.lms.kernel.api import Actor, quote
from matricula.lms.learners.api import (
    Lack,
    Learner,
    Picture,
    get_learner,
    get_named_learner,
    list_lacks,
    picture_learner,
    picture_learner_as_of,
)
from matricula.lms.organizations.api import get_organization

app = typer.Typer(no_args_is_help=True, help="Answer: why is this person in, or not in?")


def _read_moment(text: str) -> datetime:
    try:
        given = datetime.fromisoformat(text)
        moment = (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        example = "2026-03-01 or 2026-03-01T09:30:00Z"
        message = f"{quote(text)} is no moment; write it as in {example}."
        raise typer.BadParameter(message) from None
    if moment > now():
        raise typer.BadParameter(f"{quote(text)} is in the future.")
    return moment


AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="As it was at that moment, in ISO 8601: 2026-03-01, 2026-03-01T09:30:00Z, "
        "2026-03-01T10:30+01:00 (UTC unless it says otherwise).",
        parser=_read_moment,
    ),
]


@app.command("show")
def show(
    username: Annotated[str | None, typer.Argument(help="The username.")] = None,
    *,
    student: Annotated[
        tuple[str, str] | None,
        typer.Option("--student", help="School and student key.", metavar="ORGANIZATION KEY"),
    ] = None,
    email: Annotated[str | None, typer.Option("--email", help="An e-mail address.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Show what is missing, identities, programs, seats, and why a grant gives none."""
    by = operator()
    learner = _find(username, student, email, by=by)
    lacks = None
    if as_of is None:
        picture = picture_learner(learner=learner, by=by)
        lacks = list_lacks(learner=learner, by=by)
    else:
        picture = picture_learner_as_of(learner=learner, as_of=as_of, by=by)
    if as_json:
        show_json({**msgspec.structs.asdict(picture), "missing": lacks})
    else:
        _show(picture, lacks)


def _find(
    username: str | None, student: tuple[str, str] | None, email: str | None, *, by: Actor
) -> Learner:
    if [username, student, email].count(None) != 2:  # noqa: PLR2004  one of three
        raise typer.BadParameter("Give one of: a username, --student, --email.")
    if username is not None:
        return get_learner(username=username, by=by)
    if student is not None:
        organization, key = student
        name = student_key(key, organization_id=get_organization(key=organization).pk)
        return get_named_learner(name=name, by=by)
    return get_named_learner(name=email_address(email or ""), by=by)


def _show(picture: Picture, lacks: Sequence[Lack] | None) -> None:
    say(f"Account: {picture.account or 'none yet'}")
    if lacks:
        say("\nMissing")
        show_table(["", ""], [(each.what, each.detail) for each in lacks])
    say("\nIdentities")
    show_table(
        ["kind", "school", "value", ""],
        [
            (each.kind, each.organization, each.value, "bound" if each.bound else "waiting")
            for each in picture.identities
        ],
    )
    say("\nPrograms")
    show_table(
        ["program", "status", "student key", "basis", ""],
        [
            (
                each.program,
                each.status,
                each.student_key,
                each.basis,
                "waiting" if each.waiting else "",
            )
            for each in picture.program_enrollments
        ],
    )
    say("\nSeats")
    show_table(
        ["course run", "", "mode", "through", "status", "why not"],
        [
            (
                seat.course_run if first else "",
                ("in" if seat.is_active else "out") if first else "",
                grant.mode,
                grant.program or "directly",
                grant.status,
                grant.reason,
            )
            for seat in picture.seats
            for first, grant in zip([True] + [False] * len(seat.grants), seat.grants, strict=False)
        ],
    )
