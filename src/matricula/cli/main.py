"""The way into the command, and the way a refusal leaves it."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from matricula.cli import REGISTRAR
from matricula.cli.leaving import leaving
from matricula.service.quoting import quote
from matricula.service.refusals import Invalid


class UnreadableArgument(Invalid):
    """An argument has bytes that are no text."""

    code = "unreadable-argument"


def main() -> None:
    """Run the command; a refusal is one line on standard error and an exit status."""
    with leaving():
        _require_readable(sys.argv[1:])
        command = _find_command()
        _collect_garbage_again()
        command()


def _collect_garbage_again() -> None:
    if not gc.isenabled():
        gc.freeze()  # what is read so far stays until the end
        gc.enable()


def _find_command() -> Callable[[], object]:
    """Return the command of the service whose settings this process has.

    The other one's cannot be imported here: its models are unknown to these settings.
    """
    is_registrar = f".{REGISTRAR}." in os.environ["DJANGO_SETTINGS_MODULE"]
    module = import_module(f"matricula.cli.{REGISTRAR if is_registrar else 'lms'}_command")
    command: Callable[[], object] = module.app
    return command


def _require_readable(words: Sequence[str]) -> None:
    """Answer with silence if all words are UTF-8; what is not came in as halves of characters."""
    for position, word in enumerate(words, start=1):
        try:
            word.encode()
        except UnicodeEncodeError:
            message = f"Argument {position} is not UTF-8: {quote(word)}."
            raise UnreadableArgument(message) from None
