"""``matricula example``: a school to look at."""

import os
from pathlib import Path
from typing import Annotated

import typer

from matricula import postgres
from matricula.cli.acting import now, operator
from matricula.cli.example.equipping import REGISTRAR, Equipment, equip, place
from matricula.cli.example.inventing import invent_school
from matricula.cli.example.registering import has_registrar, introduce_school, register_registrar
from matricula.cli.example.signing_on import Offered, find_fault, offer_sign_on, run_provider
from matricula.cli.example.telling import tell
from matricula.cli.example.writing import write_school
from matricula.cli.readying import ready_database
from matricula.cli.running import run_together
from matricula.cli.showing import Json, say, show_json, show_table
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
            }
        )
        return
    show_table(
        ["file", "program"],
        [(written.catalog, ""), *((each.path, each.program) for each in written.rosters)],
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
            equipment, offered, address=f"http://127.0.0.1:{port}", registrar=registrar
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


def _say_sign_on(offered: Offered | None, *, address: str) -> None:
    if offered is None:
        say(f"\nThe school's sign-on is not here: {find_fault()}")
        return
    say(
        f"\nSign on by the school at {address}/sign-on/{offered.slug}/, and there as "
        f"{offered.subject}"
    )
    say(
        f"({offered.name}: {offered.programs} programs wait, and there "
        f"{'is no account yet' if offered.is_new else 'was no account before they came'})."
    )


def _say_registrar(address: str) -> None:
    if not address:
        say("\nThe Registrar is not here: DATABASE_URL is set, and REGISTRAR_DATABASE_URL is not.")
        return
    say(f"\nThe Registrar is on {address}: sign in there as {REGISTRAR}, too.")
    if fault := introduce_school():
        say(f"It does not know the school yet: {fault}")


def _say_where(
    equipment: Equipment, offered: Offered | None, *, address: str, registrar: str
) -> None:
    say(f"\nThe LMS is on {address}: sign in at {address}/login, API at {address}/api/schema")
    show_table(
        ["username", "password", "who"],
        [(each.username, each.password, each.what) for each in equipment.logins],
    )
    _say_registrar(registrar)
    _say_sign_on(offered, address=address)
    say("\nA client for programs:")
    show_table(["client id", "client secret"], [(equipment.client_id, equipment.client_secret)])
    say(
        f"\nThese are kept in {place()}. What to do with them: docs/how-to/main-job-by-http.md\n"
        "Ctrl-C stops.\n"
    )
