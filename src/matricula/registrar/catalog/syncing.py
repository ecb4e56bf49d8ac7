"""Bringing the LMS's whole catalog, page by page. What was brought stays, whatever happens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from matricula.lms_client.api import Program as CatalogProgram
from matricula.registrar.catalog.remembering import remember_programs
from matricula.registrar.kernel.api import Actor, reaching_lms
from matricula.registrar.partners.api import Permission, require_permission

AT_ONCE = 100
"""Programs in one transaction."""


@dataclass(frozen=True, slots=True)
class Synced:
    """How many programs the catalog has, and how many of them were new or other than known."""

    programs: int
    changed: int


def sync_catalog(*, by: Actor, at: datetime) -> Synced:
    """Bring organizations, programs and course runs. Idempotent; nothing is ever dropped.

    Raises:
        PermissionMissing: the actor may not.
        Unavailable: the LMS cannot be read to its end; what it said so far is kept.
    """
    require_permission(by, Permission.CATALOG_SYNC)
    count = changed = 0
    with reaching_lms() as lms:
        for programs in _take(lms.list_programs()):
            more, _ = remember_programs(programs=programs, by=by, at=at)
            changed += more
            count += len(programs)
    return Synced(programs=count, changed=changed)


def _take(programs: Iterable[CatalogProgram]) -> Iterator[list[CatalogProgram]]:
    """Take so many at once; one that two pages have, because it moved meanwhile, counts last."""
    left = iter(programs)
    while taken := list(islice(left, AT_ONCE)):
        yield list({each.uuid: each for each in taken}.values())
