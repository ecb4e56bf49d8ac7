"""Serving: a service's application over HTTP, until it is told to stop."""

import errno
import os
import socket
from typing import Annotated

import typer
from django.core import checks
from django.db import connections
from granian.constants import HTTPModes, Interfaces
from granian.server import Server

from matricula.cli.showing import say
from matricula.service.refusals import Invalid, Unavailable

MOST_WORKERS = 16
"""By default; each of them holds a connection to the database."""
GRACE_SECONDS = 30
"""What requests at hand have left when the server is told to stop."""
LONGEST_IDLE_SECONDS = 600
"""Then a worker's thread ends, and with it its connection to the database."""
LOGS = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}
"""The server's own lines go where all others go."""

Host = Annotated[str, typer.Option("--host", help="The address to listen at.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535)]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, help="Processes; each answers one request at a time. [one a CPU]"
    ),
]


class CannotListen(Unavailable):
    """The address cannot be listened at."""

    code = "cannot-listen"


class BadSettings(Invalid):
    """The settings contradict themselves."""

    code = "bad-settings"


def serve_application(
    application: str, *, name: str, host: str, port: int, workers: int | None
) -> None:
    """Serve until SIGTERM or Ctrl-C; requests at hand are answered first.

    Raises:
        CannotListen: something else listens there, or nothing can.
    """
    address = require_free(name, host, port)
    connections.close_all()  # the workers are copies of this process, and must not share one
    server = Server(
        application,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or _count_workers(),
        blocking_threads=1,
        blocking_threads_idle_timeout=LONGEST_IDLE_SECONDS,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS,
        log_dictconfig=LOGS,
    )
    say(f"{name} is on http://{f'[{host}]' if ':' in host else host}:{port}")
    server.serve()


def require_good_settings() -> None:
    """Answer with silence if Django finds nothing wrong.

    Raises:
        BadSettings: it does.
    """
    wrong = [each for each in checks.run_checks() if each.is_serious()]
    if wrong:
        raise BadSettings("; ".join(f"{each.msg} ({each.id})" for each in wrong))


def require_free(name: str, host: str, port: int) -> str:
    """Return the numeric address, at which nobody else listens.

    The server would share the port with another one of the same user, and each get some requests.

    Raises:
        CannotListen: somebody does, or nothing can.
    """
    try:
        family, _, _, _, found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(found)
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE
        why = "something listens there already" if is_taken else error.strerror
        raise CannotListen(f"{name} cannot listen on {host}:{port}: {why}.") from None
    return str(found[0])


def _count_workers() -> int:
    """Return two at least: one that is waiting for a slow client must not stop the others."""
    return min(max(len(os.sched_getaffinity(0)), 2), MOST_WORKERS)
