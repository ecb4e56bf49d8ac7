"""Timing, and results that are held against a limit."""

import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class Result:
    """One figure. ``is_at_most``: the limit is the highest that is good, else the lowest."""

    name: str
    ratio: float
    limit: float
    is_at_most: bool
    detail: str

    @property
    def ok(self) -> bool:
        """Whether the limit is kept."""
        return self.ratio <= self.limit if self.is_at_most else self.ratio >= self.limit

    @property
    def bound(self) -> str:
        """The limit in words."""
        return f"at {'most' if self.is_at_most else 'least'} {self.limit:g}"


def time(work: Callable[[], object], *, tidy: bool = True) -> float:
    """Return the seconds that the work takes.

    Garbage of earlier work is collected before, unless ``tidy`` is false: what takes a millisecond
    would then mostly wait for a processor's caches that the collector has just turned over.
    """
    if tidy:
        gc.collect()
    began = perf_counter()
    work()
    return perf_counter() - began


def median_ratio(dividends: Sequence[float], divisors: Sequence[float]) -> float:
    """Return the median of the ratios within each round: what slows a round slows both sides."""
    return median(a / b for a, b in zip(dividends, divisors, strict=True))


def micro(seconds: Sequence[float]) -> str:
    """Return the median in microseconds, in words."""
    return f"{median(seconds) * 1e6:,.1f}"


def progress(text: str) -> None:
    """Say what is being done, on standard error."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()
