"""Growing: how a program's enrollments stood month by month, as a chart and as its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.registrar.copies.api import Past
from matricula.registrar.pages.wording import sort_counts, word_status
from matricula.service.looks.charting import Chart, Kind, draw_chart, draw_swatch

NAME = "growth"


@dataclass(frozen=True, slots=True)
class Growth:
    """The chart, its legend, and the same numbers: a row for each month, the latest first."""

    chart: SafeString
    legend: Sequence[tuple[SafeString, str]]
    statuses: Sequence[str]
    rows: Sequence[tuple[date, Sequence[int], int]]
    read_at: datetime


def draw_growth(past: Past) -> Growth | None:
    """Return how a program has grown; None if nobody was ever in it."""
    if not past.months:
        return None
    totals: dict[str, int] = {}
    for month in past.months:
        for status, count in month.counts.items():
            totals[status] = totals.get(status, 0) + count
    statuses = [status for status, _count in sort_counts(totals)]
    months = [date.fromisoformat(f"{each.month}-01") for each in past.months]
    numbers = [[each.counts.get(status, 0) for status in statuses] for each in past.months]
    names = [str(word_status(each).words) for each in statuses]
    chart = Chart(
        title=_("Enrollments by status at the end of each month"),
        description=_describe(months, numbers, names),
        labels=[formats.date_format(each, "M Y") for each in months],
        kinds=[Kind(name, [row[at] for row in numbers]) for at, name in enumerate(names)],
    )
    rows = [(month, row, sum(row)) for month, row in zip(months, numbers, strict=True)]
    return Growth(
        chart=draw_chart(chart, name=NAME),
        legend=[(draw_swatch(at, name=NAME), name) for at, name in enumerate(names)],
        statuses=statuses,
        rows=rows[::-1],
        read_at=past.read_at,
    )


def _describe(
    months: Sequence[date], numbers: Sequence[Sequence[int]], names: Sequence[str]
) -> str:
    """Say in a sentence what one sees: where it began, and where it has come to."""
    first, last = (sum(numbers[at]) for at in (0, -1))
    now = ", ".join(
        f"{formats.number_format(number, force_grouping=True)} {name}"
        for number, name in zip(numbers[-1], names, strict=True)
        if number
    )
    span = ngettext("%(n)s month", "%(n)s months", len(months)) % {"n": len(months)}
    return _("%(span)s: from %(first)s to %(last)s enrollments; at last %(now)s.") % {
        "span": span,
        "first": formats.number_format(first, force_grouping=True),
        "last": formats.number_format(last, force_grouping=True),
        "now": now or "0",
    }
