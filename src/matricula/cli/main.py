"""The root of the command, and the way a refusal leaves it."""

import os
import sys
from typing import Annotated

import typer
from django.core.management import call_command

from matricula import postgres
from matricula.cli import (
    account_commands,
    catalog_commands,
    database_commands,
    example_commands,
    identity_commands,
    integrity_commands,
    learner_commands,
    oulad_commands,
    roster_commands,
    waiting_commands,
)
from matricula.cli.readying import on_database
from matricula.cli.showing import ERR, say
from matricula.lms.kernel.api import Invalid, Refusal, migration_lock

app = typer.Typer(
    name="matricula",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The enrollment core of a learning platform. "
    "Exit status: 0 done; 1 something was refused, found wrong or not found; "
    "2 the call or its input cannot be read.",
)
app.add_typer(database_commands.app, name="db")
app.add_typer(account_commands.app, name="account")
app.add_typer(catalog_commands.app, name="catalog")
app.add_typer(example_commands.app, name="example")
app.add_typer(identity_commands.app, name="identity")
app.add_typer(learner_commands.app, name="learner")
app.add_typer(waiting_commands.app, name="waiting")
app.add_typer(oulad_commands.app, name="oulad")
app.add_typer(roster_commands.app, name="roster")
app.command("export")(on_database(roster_commands.export))
app.command("fsck")(on_database(integrity_commands.fsck))

WITHOUT_DATABASE = {"db", "example"}  # or they start it themselves

for group in app.registered_groups:
    if group.typer_instance and group.name not in WITHOUT_DATABASE:
        for command in group.typer_instance.registered_commands:
            command.callback = command.callback and on_database(command.callback)


@app.command()
def migrate(
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing if all went well.")] = False,
) -> None:
    """Bring the database to this version. Safe to run again, and by several at once."""
    postgres.database_url()
    with migration_lock():
        call_command("migrate", verbosity=0 if quiet else 1, interactive=False)
    if not quiet:
        say("The database is up to date.")


def main() -> None:
    """Run the command; a refusal is one line on standard error and an exit status."""
    try:
        app()
    except Refusal as refusal:
        ERR.print(f"matricula: {refusal}", markup=False)
        sys.exit(2 if isinstance(refusal, Invalid) else 1)
    except postgres.PostgresUnusable as unusable:
        ERR.print(f"matricula: {unusable}", markup=False)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
