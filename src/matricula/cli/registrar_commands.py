"""``matricula registrar``: the Registrar served, its worker, its catalog, and who may do what."""

from typing import Annotated

import structlog
import typer
from django.conf import settings
from django.core.management import call_command

from matricula import postgres
from matricula.cli import registrar_cache_commands
from matricula.cli.registrar_acting import now, operator, require_database
from matricula.cli.serving import Host, Port, Workers, require_good_settings, serve_application
from matricula.cli.showing import Json, say, show_json, show_table
from matricula.cli.understanding import readied
from matricula.cli.working import run_worker
from matricula.registrar.catalog.api import recall_program, sync_catalog
from matricula.registrar.partners.api import (
    ROLES,
    Organization,
    Program,
    RoleAssignment,
    get_organization,
    give_role,
    list_roles,
    take_role,
)
from matricula.service.migrating import migration_lock, require_not_newer

app = typer.Typer(no_args_is_help=True, help="The Registrar: the schools' integration point.")
app.add_typer(registrar_cache_commands.app, name="cache")

APPLICATION = "matricula.registrar.config.wsgi:application"
EVERYWHERE = "everywhere"

Who = Annotated[
    str,
    typer.Argument(
        metavar="ACCOUNT_OR_EMAIL",
        help="A username of the LMS or, with an @, an e-mail address; whether they have been here "
        "before or not.",
    ),
]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help=f"One of {', '.join(ROLES)}.")]
OrganizationKey = Annotated[
    str | None, typer.Option("--organization", metavar="KEY", help="In all of its programs.")
]
ProgramKey = Annotated[
    str | None, typer.Option("--program", metavar="KEY", help="In this program alone.")
]

log = structlog.get_logger("matricula.serve")


@app.command("migrate")
def migrate(
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing if all went well.")] = False,
) -> None:
    """Bring its database to this version. Safe to run again, and by several at once."""
    postgres.database_url(postgres.Database.REGISTRAR)
    with migration_lock():
        require_not_newer()
        call_command("migrate", verbosity=0 if quiet else 1, interactive=False)
    if not quiet:
        say("The Registrar's database is up to date.")


@app.command("serve")
def serve(*, host: Host = "127.0.0.1", port: Port = 8001, workers: Workers = None) -> None:
    """Serve the Registrar until SIGTERM or Ctrl-C; requests at hand are answered first."""
    require_good_settings()
    if settings.IS_SECURE and not settings.PROXIES:
        log.warning(
            "MATRICULA_REGISTRAR_URL is https, which a proxy must speak, and "
            "MATRICULA_REGISTRAR_PROXIES is 0: connections are all taken for unencrypted."
        )
    serve_application(APPLICATION, name="The Registrar", host=host, port=port, workers=workers)


@app.command("worker")
def work(
    *,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=32, help="Jobs worked at side by side.")
    ] = 1,
) -> None:
    """Work off uploads and downloads, until SIGTERM or Ctrl-C; what is left goes on later."""
    run_worker(concurrency=concurrency)


@app.command("sync")
def sync(*, as_json: Json = False) -> None:
    """Bring the LMS's catalog. Safe to run again; a failure leaves what there is."""
    synced = sync_catalog(by=operator(), at=now())
    if as_json:
        show_json({"programs": synced.programs, "changed": synced.changed})
    else:
        say(f"{synced.programs:,} programs, of which {synced.changed:,} are new or changed.")


@app.command("grant")
def grant(
    who: Who,
    role: RoleName,
    *,
    organization: OrganizationKey = None,
    program: ProgramKey = None,
    as_json: Json = False,
) -> None:
    """Give a role, in an organization or a program; with neither, everywhere."""
    at_organization, at_program = _find_place(organization, program)
    is_new = give_role(
        name=who,
        role=role,
        organization=at_organization,
        program=at_program,
        by=operator(),
        at=now(),
    )
    place = organization or program
    if as_json:
        show_json({"name": who, "role": role, "place": place or EVERYWHERE, "changed": is_new})
    else:
        say(f"{who} {'now has' if is_new else 'has already'} {role} {_say_where(place)}.")


@app.command("ungrant")
def ungrant(
    who: Who,
    role: RoleName,
    *,
    organization: OrganizationKey = None,
    program: ProgramKey = None,
    as_json: Json = False,
) -> None:
    """Take a role: where it was given, and nowhere else."""
    at_organization, at_program = _find_place(organization, program)
    was_held = take_role(
        name=who, role=role, organization=at_organization, program=at_program, by=operator()
    )
    place = organization or program
    if as_json:
        show_json({"name": who, "role": role, "place": place or EVERYWHERE, "changed": was_held})
    else:
        say(f"{who} {'no longer has' if was_held else 'did not have'} {role} {_say_where(place)}.")


@app.command("grants")
def grants(
    who: Annotated[
        str | None, typer.Argument(metavar="[ACCOUNT_OR_EMAIL]", help="Theirs alone.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """List who has which role where; of one name, or all."""
    held = list_roles(by=operator(), name=who)
    if as_json:
        show_json([{"name": each.name, "role": each.role, "place": _place(each)} for each in held])
        return
    show_table(["name", "role", "in"], [(each.name, each.role, _place(each)) for each in held])


def _find_place(
    organization: str | None, program: str | None
) -> tuple[Organization | None, Program | None]:
    if organization is not None and program is not None:
        raise typer.BadParameter("Say --organization or --program, not both.")
    return (
        None if organization is None else get_organization(key=organization),
        None if program is None else recall_program(key=program, at=now()),
    )


def _say_where(place: str | None) -> str:
    return EVERYWHERE if place is None else f"in {place}"


def _place(held: RoleAssignment) -> str:
    place = held.program or held.organization
    return EVERYWHERE if place is None else place.key


for command in app.registered_commands:
    if command.name != "migrate" and command.callback is not None:
        command.callback = readied(command.callback, ready=require_database)
