"""Whether a row costs the same in a small roster and in a large one, in an empty table and a full.

A million rows are written in calls of 10,000, as the roster command writes a file. Between the
calls, rosters of 1,000 and of 10,000 rows are written to empty tables in another database, so that
both sides see the same moments of the machine. The tables are never analyzed.
"""

from dataclasses import dataclass, field
from statistics import mean, median

from bench import database, school
from bench.crowd import TIMES_ROWS
from bench.database import LEARNERS, NAME, SMALL
from bench.measuring import Result, progress, time
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import WriteMode
from matricula.lms.program_enrollments.api import write_program_enrollments
from tests.given import NOW, OPERATOR

CALLS = 100
EVERY = 5
"""After so many calls, the small rosters are written once."""
MOST_APART = 1.5


@dataclass
class Costs:
    """Seconds a row: of each call into the growing table, and of the rosters beside it."""

    growing: list[float] = field(default_factory=list)
    short: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)


def measure_growth(rows: int) -> list[Result]:
    """Measure ``write_program_enrollments`` into a growing table; ten times ``rows`` in all."""
    total = rows * TIMES_ROWS
    costs = _grow(total // CALLS)
    full = costs.growing[-CALLS // 5 :]
    return [
        _apart(
            f"{total:,} rows in calls of {total // CALLS:,}, against {_short(rows):,} in one call",
            mean(costs.growing),
            median(costs.short),
        ),
        _apart(
            f"a call of {total // CALLS:,} into a table of {total:,} rows, against an empty one",
            median(full),
            median(costs.fresh),
        ),
    ]


def _short(rows: int) -> int:
    return rows // 100


def _grow(call: int) -> Costs:
    programs = {}
    for name in (SMALL, NAME):
        database.switch_to(name)
        programs[name], _ = school.program("growing")
        database.empty(*LEARNERS)
        _write(programs[name], 0, call)  # the first of a session is slower
        database.empty(*LEARNERS)
    costs = Costs()
    for number in range(CALLS):
        costs.growing.append(_write(programs[NAME], number * call, call))
        if number % EVERY == EVERY - 1:
            progress(f"growth: {(number + 1) * call:,} rows")
            database.switch_to(SMALL)
            for count, kept in ((call // 10, costs.short), (call, costs.fresh)):
                database.empty(*LEARNERS)
                kept.append(_write(programs[SMALL], 0, count))
            database.switch_to(NAME)
    return costs


def _write(program: ProgramOutline, first: int, count: int) -> float:
    rows = school.program_rows(first, count, status="enrolled")
    seconds = time(
        lambda: write_program_enrollments(
            program=program, rows=rows, mode=WriteMode.UPSERT, by=OPERATOR, at=NOW
        )
    )
    return seconds / count


def _apart(name: str, large: float, small: float) -> Result:
    return Result(
        name=f"{name}: times the cost of a row",
        ratio=large / small,
        limit=MOST_APART,
        is_at_most=True,
        detail=f"{large * 1e6:.1f} against {small * 1e6:.1f} µs a row",
    )
