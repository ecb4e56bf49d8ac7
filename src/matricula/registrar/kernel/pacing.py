"""Pacing: who goes through many rows asks from time to time whether there is time for more.

Only whoever began the work knows, at the top; what goes through rows is far below.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

STEP = 1_000

Item = TypeVar("Item")


def _have_time() -> None:
    """Answer with silence: nobody is in a hurry."""


_require_time: ContextVar[Callable[[], None]] = ContextVar("require_time", default=_have_time)


@contextmanager
def pacing(require_time: Callable[[], None]) -> Iterator[None]:
    """Have a question asked by all that is done in a block; it raises when there is no time."""
    token = _require_time.set(require_time)
    try:
        yield
    finally:
        _require_time.reset(token)


def in_steps(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, and ask now and then whether there is time for more."""
    for number, item in enumerate(items):
        if number % STEP == 0:
            _require_time.get()()
        yield item
