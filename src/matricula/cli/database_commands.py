"""``matricula db``: the database server, started, stopped and named."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import quote, urlencode

import typer
from psycopg.conninfo import conninfo_to_dict

from matricula import postgres

app = typer.Typer(
    no_args_is_help=True,
    help="Start, stop and name the database: DATABASE_URL, or one of our own in MATRICULA_HOME.",
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")]


@app.command("start")
def start(*, as_json: Json = False) -> None:
    """Start the database unless it runs. It keeps running until `matricula db stop`."""
    with _unusable_said():
        started = postgres.start()
    url = _without_password(postgres.configured_url())
    words = f"{'Started' if started else 'Already running'}: {url}"
    _say(words, {"started": started, "url": url}, as_json=as_json)


@app.command("stop")
def stop(*, as_json: Json = False) -> None:
    """Stop the database, cutting off whoever is connected. What was committed is safe."""
    with _unusable_said():
        stopped = postgres.stop()
    words = "Stopped." if stopped else "It was not running."
    _say(words, {"stopped": stopped}, as_json=as_json)


@app.command("url")
def url(*, as_json: Json = False) -> None:
    """Print the database's address, for psql and other tools; start it first unless it runs."""
    with _unusable_said():
        address = postgres.database_url()
    _say(address, {"url": address}, as_json=as_json)


@contextmanager
def _unusable_said() -> Iterator[None]:
    try:
        yield
    except postgres.PostgresUnusable as unusable:
        typer.echo(str(unusable), err=True)
        raise typer.Exit(1) from None


def _say(words: str, data: dict[str, object], *, as_json: bool) -> None:
    typer.echo(json.dumps(data) if as_json else words)


def _without_password(url: str) -> str:
    """Make an address fit for a log; `db url` prints the whole of it.

    A password may stand before the @, or among the options.
    """
    given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    if not any("password" in name for name in given):
        return url
    database = quote(given.pop("dbname"), safe="")
    options = {name: value for name, value in given.items() if "password" not in name}
    return f"postgresql:///{database}?{urlencode(options)}"
