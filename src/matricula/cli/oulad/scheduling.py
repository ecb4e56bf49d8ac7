"""The order of things: what happened on which day.

A registration without a day is not given one. All of those go together, before the first day of
which anything is known, and the ledger says with each why it stands there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from matricula.cli.oulad.reading import Dataset, Presentation, Registration


@dataclass(slots=True)
class Day:
    """What is to be done on a day, in this order. ``date`` is None for what has no day."""

    date: date | None
    at: datetime
    registrations: list[Registration] = field(default_factory=list)
    withdrawals: list[Registration] = field(default_factory=list)
    starting: list[Presentation] = field(default_factory=list)
    ending: list[Presentation] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """What the ledger says about the changes of the day."""
        if self.date is None:
            return "replay: registered on a day that the dataset does not say"
        return f"replay: roster of {self.date.isoformat()}"


def list_days(dataset: Dataset) -> list[Day]:
    """Return the days on which something happens, in order; what has no day stands first."""
    days: dict[date, Day] = {}
    for registration in dataset.registrations:
        if registration.registered is not None:
            _on(days, registration.registered).registrations.append(registration)
        if registration.withdrawn is not None:
            _on(days, registration.withdrawn).withdrawals.append(registration)
    for presentation in dataset.presentations:
        _on(days, presentation.start).starting.append(presentation)
        _on(days, presentation.end).ending.append(presentation)
    dated = [days[each] for each in sorted(days)]
    undated = list_undated(dataset.registrations)
    if not undated:
        return dated
    return [Day(None, dated[0].at - timedelta(days=1), registrations=undated), *dated]


def list_undated(registrations: Iterable[Registration]) -> list[Registration]:
    """Return the registrations without a day."""
    return [each for each in registrations if each.registered is None]


def map_account_days(registrations: Sequence[Registration]) -> dict[int, date]:
    """Return when each student gets an account: two of three, on a first day they are there."""
    days: dict[int, date] = {}
    for registration in registrations:
        if registration.student % 3 and registration.is_on_first_day:
            start = registration.presentation.start
            days[registration.student] = min(start, days.get(registration.student, start))
    return days


def _on(days: dict[date, Day], each: date) -> Day:
    if each not in days:
        days[each] = Day(each, datetime.combine(each, time(), tzinfo=UTC))
    return days[each]
