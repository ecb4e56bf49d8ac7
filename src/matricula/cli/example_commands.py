"""``matricula example``: a school to look at."""

import os
from pathlib import Path
from typing import Annotated

import typer

from matricula import postgres
from matricula.cli.acting import now, operator
from matricula.cli.example.equipping import REGISTRAR, Equipment, equip, place
from matricula.cli.example.inventing import INTAKE, INTAKE_PROGRAM, invent_school
from matricula.cli.example.registering import has_registrar, introduce_school, register_registrar
from matricula.cli.example.signing_on import Offered, find_fault, offer_sign_on, run_provider
from matricula.cli.example.telling import tell
from matricula.cli.example.writing import NEXT, write_school
from matricula.cli.readying import ready_database
from matricula.cli.running import run_together
from matricula.cli.showing import Json, say, seen_from_here, show_json, show_table
from matricula.lms.access.api import Permission, require_permission

app = typer.Typer(no_args_is_help=True, help="An invented school, to see the main job done.")


@app.command("write")
def write(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it is not there.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files of the same names.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the school's catalog and rosters. They are the same every time."""
    written = write_school(invent_school(), folder=folder, force=force)
    if as_json:
        show_json(
            {
                "catalog": str(written.catalog),
                "rosters": [
                    {"file": str(each.path), "program": each.program} for each in written.rosters
                ],
                "next": {"file": str(written.next.path), "program": written.next.program},
            }
        )
        return
    show_table(
        ["file", "program"],
        [
            (written.catalog, ""),
            *((each.path, each.program) for each in [*written.rosters, written.next]),
        ],
    )
    say("Load the catalog with `matricula catalog load`, then each roster with `roster apply`.")


@app.command("run")
def run() -> None:
    """Load the school, apply its rosters, let people come, and show before and after.

    Safe to run again: what is so already stays as it is.
    """
    ready_database()
    by = operator()
    require_permission(by, Permission.CATALOG_LOAD)
    school = invent_school()
    written = write_school(school, folder=postgres.home() / "example", force=True)
    if not tell(school, written, by=by):
        raise typer.Exit(1)


@app.command("serve")
def serve(
    *,
    port: Annotated[int, typer.Option("--port", help="Where the LMS listens.")] = 8000,
    sign_on_port: Annotated[
        int | None,
        typer.Option("--sign-on-port", help="Where the school's sign-on listens. [port + 2]"),
    ] = None,
    registrar_port: Annotated[
        int | None,
        typer.Option("--registrar-port", help="Where the Registrar listens. [port + 1]"),
    ] = None,
) -> None:
    """Serve the example school on this machine until Ctrl-C: LMS, Registrar, workers, its sign-on.

    Run it once first: `matricula example run`. Prints logins, and a client for programs.
    """
    ready_database()
    school = invent_school()
    equipment = equip(school, by=operator(), at=now())
    os.environ.setdefault("MATRICULA_LMS_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("MATRICULA_LOG_FORMAT", "console")
    services = [["lms", "serve", "--port", str(port)], ["worker"]]
    ports, registrar = [port], ""
    if has_registrar():
        ports.append(registrar_port or port + 1)
        registrar = f"http://127.0.0.1:{ports[-1]}"
        services += _list_registrar_services(registrar, port=ports[-1])
    offered = None
    if find_fault() is None:
        beside = sign_on_port or port + 2
        offered = offer_sign_on(school, port=beside, by=operator(), at=now())
        services.append(["example", "provider", "--port", str(beside)])
    status = run_together(
        services,
        ports=ports,
        when_listening=lambda: _say_where(
            equipment,
            offered,
            address=f"http://127.0.0.1:{port}",
            registrar=registrar,
            roster=seen_from_here(postgres.home() / "example" / NEXT),
        ),
    )
    raise typer.Exit(status)


def _list_registrar_services(address: str, *, port: int) -> list[list[str]]:
    os.environ.setdefault("MATRICULA_REGISTRAR_URL", address)
    register_registrar(address=os.environ["MATRICULA_REGISTRAR_URL"], by=operator(), at=now())
    return [["registrar", "serve", "--port", str(port)], ["registrar", "worker"]]


@app.command("provider", hidden=True)
def provider(*, port: Annotated[int, typer.Option("--port")]) -> None:
    """Be the school's sign-on, until told to stop: anybody may be anybody there."""
    run_provider(invent_school(), port=port)


def _say_where(
    equipment: Equipment,
    offered: Offered | None,
    *,
    address: str,
    registrar: str,
    roster: Path,
) -> None:
    say(f"\nThe LMS is on {address}, its API at {address}/api/schema.")
    if registrar:
        say(f"The Registrar is on {registrar}.")
        if fault := introduce_school():
            say(f"It does not know the school yet: {fault}")
    else:
        say("The Registrar is not here: REGISTRAR_DATABASE_URL is not set, and DATABASE_URL is.")
    show_table(
        ["username", "password", "who"],
        [(each.username, each.password, each.what) for each in equipment.logins],
    )
    _say_what_to_try(offered, address=address, registrar=registrar, roster=roster)
    say("\nA client for programs:")
    show_table(["client id", "client secret"], [(equipment.client_id, equipment.client_secret)])
    say(
        f"\nThese are kept in {place()}. What to do with them: docs/how-to/main-job-by-http.md\n"
        "Ctrl-C stops.\n"
    )


def _say_what_to_try(
    offered: Offered | None, *, address: str, registrar: str, roster: Path
) -> None:
    say("\nTo see it done:")
    if registrar:
        say(
            f"  1. Open {registrar}, sign in as {REGISTRAR} and upload {roster}\n"
            f"     to {INTAKE_PROGRAM}: courses for {INTAKE} students, and a few wrong rows."
        )
    if offered is None:
        say(f"  The school's sign-on is not here: {find_fault()}")
        return
    beginner, newcomer = offered.beginner, offered.newcomer
    say(
        f"  2. Open {address}/sign-on/{offered.slug}/ in a private window, and be\n"
        f"     {beginner.handle} at the school: {beginner.name}, one of those students.\n"
        f"  {newcomer.handle} has two programs, uploaded before, and no account yet either."
    )
