"""Keeping what was read of programs, for as long as the catalog has the same stamp.

The stamp is read anew for each request, together with who calls, so that what a load has committed
is seen by the next request, in every process.
"""

from typing import Generic, TypeVar
from uuid import UUID

MOST_KEPT = 500
"""Programs of which a process keeps something."""

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """What was read of programs, each by the key that was asked for."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._things: dict[str, tuple[UUID, Thing]] = {}

    def find(self, key: str, *, stamp: UUID | None) -> Thing | None:
        """Return what was read under this very stamp; without one, nothing."""
        read_under, thing = self._things.get(key, (None, None))
        return None if stamp is None or read_under != stamp else thing

    def keep(self, key: str, thing: Thing, *, stamp: UUID | None) -> Thing:
        """Keep what was read in one statement with the stamp, and return it."""
        if len(self._things) >= MOST_KEPT:
            self._things.clear()
        if stamp is not None:
            self._things[key] = (stamp, thing)
        return thing
