"""The command of the LMS: all but what begins with `matricula registrar`."""

import subprocess
import sys
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
    mail_commands,
    oulad_commands,
    plan_commands,
    role_commands,
    roster_commands,
    sso_commands,
    waiting_commands,
    worker_commands,
)
from matricula.cli.example.registering import has_registrar
from matricula.cli.readying import on_database
from matricula.cli.showing import say
from matricula.lms.ledger.api import continue_numbering
from matricula.service.migrating import migration_lock, require_not_newer

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
app.add_typer(mail_commands.app, name="mail")
app.add_typer(waiting_commands.app, name="waiting")
app.add_typer(oulad_commands.app, name="oulad")
app.add_typer(plan_commands.app, name="plan")
app.add_typer(role_commands.app, name="role")
app.add_typer(roster_commands.app, name="roster")
app.add_typer(sso_commands.app, name="sso")
app.add_typer(plan_commands.undo_app, name="undo")
app.command("export")(on_database(roster_commands.export))
app.command("fsck")(on_database(integrity_commands.fsck))
app.command("worker")(on_database(worker_commands.work))

WITHOUT_DATABASE = {"db", "example"}  # or they start it themselves

for group in app.registered_groups:
    if group.typer_instance and group.name not in WITHOUT_DATABASE:
        for command in group.typer_instance.registered_commands:
            command.callback = command.callback and on_database(command.callback)


Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing if all went well.")]
AS_IT_IS = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command()
def migrate(*, quiet: Quiet = False) -> None:
    """Bring the databases to this version. Safe to run again, and by several at once.

    The Registrar's as well, unless DATABASE_URL is set and REGISTRAR_DATABASE_URL is not: then
    this machine is taken for one that has the LMS alone.
    """
    postgres.database_url()
    with migration_lock():
        require_not_newer()
        call_command("migrate", verbosity=0 if quiet else 1, interactive=False)
        continue_numbering()
    if not quiet:
        say("The database is up to date.")
    if has_registrar():
        _run_registrar("migrate", *(["--quiet"] if quiet else []))


@app.command("registrar", context_settings=AS_IT_IS, add_help_option=False)
def registrar(context: typer.Context) -> None:
    """Serve the Registrar, and say who may do what there: `matricula registrar --help`."""
    _run_registrar(*context.args)


def _run_registrar(*words: str) -> None:
    """Run a command of the Registrar, which has settings and so a process of its own."""
    command = [sys.executable, "-m", "matricula.cli", "registrar", *words]
    ran = subprocess.run(command, check=False)  # noqa: S603  our own command
    if ran.returncode:
        raise typer.Exit(ran.returncode)
