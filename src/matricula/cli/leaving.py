"""Leaving the command: whatever went wrong is one line on standard error and an exit status."""

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import django.db
import psycopg

from matricula import postgres
from matricula.cli.showing import ERR
from matricula.service.losing import is_connection_lost
from matricula.service.refusals import Invalid, Refusal, Unavailable

TERMINATED = 128 + signal.SIGTERM

CONNECTION_LOST = "The connection to the database was lost"
READER_LEFT = "Whoever read the output has left"

# Files have names in their errors, or refusals of their own; what is printed has neither.
_OUTPUT_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EPIPE}


class CutShort(Unavailable):
    """The command could not be done to its end."""

    code = "cut-short"


class NoOutput(Unavailable):
    """There is nowhere to print to."""

    code = "no-output"


@contextmanager
def leaving() -> Iterator[None]:
    """Run a command, and leave the process by ``SystemExit`` if it ends in an expected trouble.

    SIGTERM becomes ``SystemExit`` as well, so that what is half written is removed.
    """
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _require_output()
        try:
            yield
        except SystemExit:  # this is how Typer returns
            flush_output()
            raise
    except Refusal as refusal:
        _leave(str(refusal), 2 if isinstance(refusal, Invalid) else 1)
    except postgres.PostgresUnusable as unusable:
        _leave(str(unusable), 1)
    except BrokenPipeError:
        _leave("", 1)  # the reader of our output has had enough
    except OSError as error:
        _leave(describe_trouble(error), 1)
    except (django.db.Error, psycopg.Error) as error:
        if not is_connection_lost(error):
            raise
        what = f"{CONNECTION_LOST}; what was answered before is written; run it again."
        _leave(what, 1)


def describe_trouble(error: OSError) -> str:
    """Say what could not be read or written, and why."""
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}."
    is_output = error.errno in _OUTPUT_TROUBLE
    what = "The output cannot be written" if is_output else "Something cannot be read or written"
    return f"{what}: {error.strerror or error}."


def flush_output() -> None:
    """Write what was printed and still waits, so that trouble with it is seen here."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    sys.exit(TERMINATED)


def _require_output() -> None:
    # A closed one is no wish for silence: the next file to be opened would take its place.
    if sys.stdout is None:
        raise NoOutput("Standard output is closed; /dev/null is there for what is not wanted.")


def _leave(words: str, status: int) -> NoReturn:
    if words:
        ERR.print(f"matricula: {words}", markup=False)
    if not _is_flushed():  # Python would try again at its end, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def _is_flushed() -> bool:
    try:
        flush_output()
    except OSError:
        return False
    return True
