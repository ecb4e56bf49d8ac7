"""``matricula registrar cache``: the copies of what the LMS holds."""

from typing import Annotated

import typer

from matricula.cli.registrar_acting import now, operator, require_database
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.cli.understanding import readied
from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.copies.api import forget_copies, keep_copies, list_copies, refresh_copy
from matricula.registrar.partners.api import get_program

app = typer.Typer(
    no_args_is_help=True, help="Copies of the LMS's enrollments, to compare files with."
)

ProgramKey = Annotated[
    str | None, typer.Option("--program", metavar="KEY", help="Of this program alone.")
]


@app.command("list")
def list_all(*, as_json: Json = False) -> None:
    """List the copies, the one used last first."""
    copies = list_copies(by=operator(), at=now())
    if as_json:
        show_json(
            [
                {
                    "program": copy.program_key,
                    "kind": copy.kind,
                    "rows": copy.rows,
                    "digest": copy.digest,
                    "proven_at": copy.proven_at,
                    "used_at": copy.used_at,
                    "age_seconds": copy.age_seconds,
                }
                for copy in copies
            ]
        )
        return
    show_table(
        ["program", "of", "rows", "proven", "used"],
        [
            (
                copy.program_key,
                copy.kind.replace("_", " "),
                f"{copy.rows:,}",
                f"{copy.age_seconds:,} s ago",
                f"{copy.used_at:%Y-%m-%d %H:%M}",
            )
            for copy in copies
        ],
    )


@app.command("refresh")
def refresh(*, program: ProgramKey = None, as_json: Json = False) -> None:
    """Bring copies up to date: all there are or, made if it is not there, that of a program."""
    if program is None:
        counts = dict(keep_copies(by=operator(), at=now()))
        count = counts.get("refreshed", 0)
    else:
        found = get_program(key=program)
        for kind in EnrollmentKind:
            refresh_copy(program=found, kind=kind, by=operator(), at=now())
        count = len(EnrollmentKind)
    if as_json:
        show_json({"refreshed": count})
    else:
        say(f"{count:,} {_copies(count)} refreshed.")


@app.command("forget")
def forget(*, program: ProgramKey = None, as_json: Json = False) -> None:
    """Delete copies, student keys and all; those that are needed are made again."""
    found = None if program is None else get_program(key=program)
    count = forget_copies(program=found, by=operator())
    if as_json:
        show_json({"forgotten": count})
    else:
        say(f"{count:,} {_copies(count)} forgotten.")


def _copies(count: int) -> str:
    return "copy" if count == 1 else "copies"


for command in app.registered_commands:
    if command.callback is not None:
        command.callback = readied(command.callback, ready=require_database)
