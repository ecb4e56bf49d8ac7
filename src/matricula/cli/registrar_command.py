"""The command of the Registrar: what begins with `matricula registrar`."""

import typer

from matricula.cli import registrar_commands

app = typer.Typer(name="matricula", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(registrar_commands.app, name="registrar")
