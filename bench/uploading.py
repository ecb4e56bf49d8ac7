"""What schools measure: a file sent to the Registrar, until every line of it is answered."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import database, imitating, school
from bench.calling import (
    CALL,
    SAVED,
    make_bodies,
    make_csv,
    send_and_wait,
    send_in_calls,
)
from bench.crowd import TIMES_ROWS
from bench.database import LEARNERS
from bench.measuring import Result, median_ratio, micro, progress, time
from bench.registering import Beside, serving_registrar
from bench.serving import Caller, serving
from matricula.lms.catalog.api import ProgramOutline

SMALLER = 10
"""The file is sent whole and so many times smaller; in calls, which cost the same, only so."""
ROUNDS = 3
LEARNERS_SAVED = 2_500
"""So many a row at a time, straight to the LMS: each call costs the same."""
LEAST_TIMES_OLD = LEAST_TIMES_SAVED = 10
MOST_TIMES_LMS = 2
MOST_MEGABYTES = 400
MOST_QUERIES = 9
KEPT = (*LEARNERS, "roster_job_chunk", "roster_job", "roster_digest")


def measure_registrar(rows: int) -> list[Result]:
    """Measure uploads against the same LMS in calls of 25, and against the LMS's own call."""
    program, _ = school.program("registrar")
    imitating.make_tables(program.organization_id)
    with serving(worker=True) as lms, serving_registrar(lms) as registrar:
        measured = [
            result
            for count in (rows // SMALLER, rows)
            for result in _measure_uploads(lms, registrar, program, count, rows // SMALLER)
        ]
        memory = _measure_memory(registrar, program, rows * TIMES_ROWS)
        return [*measured, memory, *_measure_list(registrar)]


def _measure_uploads(
    lms: Caller, registrar: Beside, program: ProgramOutline, count: int, by_calls: int
) -> list[Result]:
    ours: list[float] = []
    theirs: list[float] = []
    old: list[float] = []
    saved: list[float] = []
    bodies = make_bodies(program, LEARNERS_SAVED)
    for number in range(ROUNDS):
        progress(f"Registrar, a file of {count:,} rows: round {number + 1} of {ROUNDS}")
        with registrar.working():
            _warm(registrar, program)
            ours.append(_time(partial(_upload, registrar, program, count)) / count)
        theirs.append(_time(partial(_send_to_lms, lms, program, count)) / count)
        with registrar.working(api="v1"):
            _warm(registrar, program)
            old.append(_time(partial(_upload, registrar, program, by_calls)) / by_calls)
        imitating.empty_tables()
        with lms.again() as caller:
            work = partial(send_in_calls, caller, SAVED, program, bodies)
            saved.append(_time(work) / LEARNERS_SAVED)
    what = f"{count:,} rows as CSV to the Registrar, until their result file is ready"
    return [
        Result(
            name=f"{what}: times faster than in calls of {CALL}",
            ratio=median_ratio(old, ours),
            limit=LEAST_TIMES_OLD,
            is_at_most=False,
            detail=f"{micro(ours)} against {micro(old)} µs a row",
        ),
        Result(
            name=f"{what}: times faster than a row at a time in calls of {CALL}",
            ratio=median_ratio(saved, ours),
            limit=LEAST_TIMES_SAVED,
            is_at_most=False,
            detail=f"{micro(ours)} against {micro(saved)} µs a row",
        ),
        Result(
            name=f"{what}: times the LMS's own v2",
            ratio=median_ratio(ours, theirs),
            limit=MOST_TIMES_LMS,
            is_at_most=True,
            detail=f"{micro(ours)} against {micro(theirs)} µs a row",
        ),
    ]


def _measure_memory(registrar: Beside, program: ProgramOutline, count: int) -> Result:
    progress(f"Registrar, memory for {count:,} rows")
    _empty()
    with registrar.working() as worker:
        _upload(registrar, program, count)
        megabytes = _peak_megabytes(worker.pid)
    return Result(
        name=f"the worker's memory at {count:,} rows, in MB",
        ratio=megabytes,
        limit=MOST_MEGABYTES,
        is_at_most=True,
        detail="its peak since it was started",
    )


def _measure_list(registrar: Beside) -> list[Result]:
    told = registrar.run("bench.listing")
    what = f"the list of {told['programs']:,.0f} programs"
    detail = f"on a warm catalog, {1_000 * told['seconds']:.0f} milliseconds"
    limits = {"queries": ("database queries", MOST_QUERIES), "calls": ("calls of the LMS", 0)}
    return [
        Result(
            name=f"{what}: {words}", ratio=told[name], limit=limit, is_at_most=True, detail=detail
        )
        for name, (words, limit) in limits.items()
    ]


def _peak_megabytes(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(peak) / 1_000


def _time(work: Callable[[], object]) -> float:
    _empty()
    return time(work)


def _warm(registrar: Beside, program: ProgramOutline) -> None:
    """Have a worker that was just started read its code and connect: that is not measured."""
    _empty()
    _upload(registrar, program, CALL)


def _upload(registrar: Beside, program: ProgramOutline, count: int) -> None:
    result = registrar.upload(program.key, make_csv(count))
    assert result.count(b"\n") == count + 1
    assert result.count(b",enrolled,") == 2 * count  # the verdict, and what was asked


def _send_to_lms(lms: Caller, program: ProgramOutline, count: int) -> None:
    with lms.again() as caller:
        send_and_wait(caller, program, make_csv(count), count)


def _empty() -> None:
    database.empty(*KEPT)
    database.run("CHECKPOINT")
