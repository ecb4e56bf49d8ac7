"""Understanding a command's words before anything is done for it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Words = ParamSpec("Words")
Answer = TypeVar("Answer")


def readied(
    command: Callable[Words, Answer], *, ready: Callable[[], None]
) -> Callable[Words, Answer]:
    """Return the command as one that runs ``ready`` first; help and mistakes need none.

    Typer reads its words by the signature, which stays, and calls it when it has understood them.
    """

    @wraps(command)
    def run(*words: Words.args, **options: Words.kwargs) -> Answer:
        ready()
        return command(*words, **options)

    return run
