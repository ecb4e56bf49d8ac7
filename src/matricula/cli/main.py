"""The root of the command, and the way a refusal leaves it."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from django.core.management import call_command

from matricula import postgres
from matricula.cli import (
    account_commands,
    catalog_commands,
    client_commands,
    database_commands,
    example_commands,
    identity_commands,
    integrity_commands,
    key_commands,
    learner_commands,
    lms_commands,
    oulad_commands,
    role_commands,
    roster_commands,
    waiting_commands,
    worker_commands,
)
from matricula.cli.leaving import leaving
from matricula.cli.readying import on_database, require_not_newer
from matricula.cli.showing import say
from matricula.lms.kernel.api import Invalid, migration_lock, quote
from matricula.lms.ledger.api import continue_numbering

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
app.add_typer(client_commands.app, name="client")
app.add_typer(example_commands.app, name="example")
app.add_typer(identity_commands.app, name="identity")
app.add_typer(key_commands.app, name="keys")
app.add_typer(learner_commands.app, name="learner")
app.add_typer(lms_commands.app, name="lms")
app.add_typer(waiting_commands.app, name="waiting")
app.add_typer(oulad_commands.app, name="oulad")
app.add_typer(role_commands.app, name="role")
app.add_typer(roster_commands.app, name="roster")
app.command("export")(on_database(roster_commands.export))
app.command("fsck")(on_database(integrity_commands.fsck))
app.command("worker")(on_database(worker_commands.work))

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
        require_not_newer()
        call_command("migrate", verbosity=0 if quiet else 1, interactive=False)
        continue_numbering()
    if not quiet:
        say("The database is up to date.")


class UnreadableArgument(Invalid):
    """An argument has bytes that are no text."""

    code = "unreadable-argument"


def main() -> None:
    """Run the command; a refusal is one line on standard error and an exit status."""
    with leaving():
        _require_readable(sys.argv[1:])
        app()


def _require_readable(words: Sequence[str]) -> None:
    """Answer with silence if all words are UTF-8; what is not came in as halves of characters."""
    for position, word in enumerate(words, start=1):
        try:
            word.encode()
        except UnicodeEncodeError:
            message = f"Argument {position} is not UTF-8: {quote(word)}."
            raise UnreadableArgument(message) from None
