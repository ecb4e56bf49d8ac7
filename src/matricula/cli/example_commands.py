"""``matricula example``: a school to look at."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from matricula import postgres
from matricula.cli.acting import now, operator
from matricula.cli.example.believing import run_provider
from matricula.cli.example.equipping import equip
from matricula.cli.example.inventing import invent_school
from matricula.cli.example.opening import Opened, tell_opened
from matricula.cli.example.registering import has_registrar, register_registrar
from matricula.cli.example.signing_on import find_fault, offer_sign_on
from matricula.cli.example.telling import tell
from matricula.cli.example.writing import write_school
from matricula.cli.readying import ready_database
from matricula.cli.running import run_together
from matricula.cli.serving import CannotListen, require_free
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
    logging.disable(logging.INFO)  # what the operations log is told here in words
    try:
        is_sound = tell(school, written, by=by)
    finally:
        logging.disable(logging.NOTSET)
    if not is_sound:
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
    ports = {"The LMS": port}
    if has_registrar():
        ports["The Registrar"] = registrar_port or port + 1
    if find_fault() is None:
        ports["The school's sign-on"] = sign_on_port or port + 2
    _require_all_free(ports)
    opened, services = _prepare(
        port, ports.get("The Registrar"), ports.get("The school's sign-on")
    )
    status = run_together(
        services,
        ports=list(ports.values()),
        logs=opened.logs,
        when_listening=lambda: tell_opened(opened),
    )
    raise typer.Exit(status)


@app.command("provider", hidden=True)
def provider(*, port: Annotated[int, typer.Option("--port")]) -> None:
    """Be the school's sign-on, until told to stop: anybody may be anybody there."""
    run_provider(invent_school(), port=port)


def _require_all_free(ports: Mapping[str, int]) -> None:
    for name, port in ports.items():
        try:
            require_free(name, "127.0.0.1", port)
        except CannotListen as taken:
            raise CannotListen(f"{taken} LMS_PORT=8010 make run takes other ports.") from None


def _prepare(
    port: int, registrar_port: int | None, sign_on_port: int | None
) -> tuple[Opened, dict[str, list[str]]]:
    """Register who is to be known, and return what will be open, and what to run for it."""
    school, by = invent_school(), operator()
    os.environ.setdefault("MATRICULA_LMS_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("MATRICULA_LOG_FORMAT", "console")
    services = {"lms": ["lms", "serve", "--port", str(port)], "worker": ["worker"]}
    opened = Opened(equip(school, by=by, at=now()), lms=f"http://127.0.0.1:{port}")
    if registrar_port:
        opened.registrar = f"http://127.0.0.1:{registrar_port}"
        os.environ.setdefault("MATRICULA_REGISTRAR_URL", opened.registrar)
        register_registrar(address=os.environ["MATRICULA_REGISTRAR_URL"], by=by, at=now())
        services["registrar"] = ["registrar", "serve", "--port", str(registrar_port)]
        services["registrar-worker"] = ["registrar", "worker"]
    if sign_on_port:
        opened.offered = offer_sign_on(school, port=sign_on_port, by=by, at=now())
        services["sign-on"] = ["example", "provider", "--port", str(sign_on_port)]
    return opened, services
