"""The modes in which course runs are offered, said or not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from matricula.lms.catalog.models import CourseRunMode
from matricula.lms.catalog.modes import MODE_RANK
from matricula.lms.catalog.reading import list_holders_of_runs

UNSAID_MODE = "audit"
"""The mode in which a course run is offered whose seats the catalog does not say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedMode:
    """A mode in which a course run is offered; ``expires_at`` is until when one may change to it.

    What is empty is not said.
    """

    mode: str
    min_price: Decimal = Decimal(0)
    currency: str = ""
    expires_at: datetime | None = None
    credit_provider: str = ""
    sku: str = ""
    bulk_sku: str = ""

    def has_expired(self, *, at: datetime) -> bool:
        """Tell whether one may no longer change to it."""
        return self.expires_at is not None and self.expires_at <= at


def list_modes_of_runs(*, run_ids: Collection[int]) -> dict[int, Sequence[OfferedMode]]:
    """Return the modes of each course run, lowest first, in two queries.

    A run without any in the catalog is offered in ``audit``, and in the mode of each program that
    it is in: what a program grants must be something that the run has.
    """
    modes = _list_stored_modes(run_ids=run_ids)
    unsaid = [run_id for run_id in dict.fromkeys(run_ids) if run_id not in modes]
    implied = {run_id: {UNSAID_MODE} for run_id in unsaid}
    for holder in list_holders_of_runs(run_ids=unsaid) if unsaid else ():
        implied[holder.run_id].add(holder.mode)
    return {
        **modes,
        **{
            run_id: [OfferedMode(mode=mode) for mode in sorted(theirs, key=_rank)]
            for run_id, theirs in implied.items()
        },
    }


def _list_stored_modes(*, run_ids: Collection[int]) -> dict[int, Sequence[OfferedMode]]:
    """Return the modes that the catalog says, lowest first, of those runs that have any."""
    found = CourseRunMode.objects.filter(course_run__in=run_ids)
    modes: dict[int, list[OfferedMode]] = {}
    for row in sorted(found, key=lambda each: _rank(each.mode)):
        modes.setdefault(row.course_run_id, []).append(
            OfferedMode(
                mode=row.mode,
                min_price=row.min_price,
                currency=row.currency,
                expires_at=row.expires_at,
                credit_provider=row.credit_provider,
                sku=row.sku,
                bulk_sku=row.bulk_sku,
            )
        )
    return dict(modes)


def _rank(mode: str) -> int:
    return MODE_RANK[mode]
