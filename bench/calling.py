"""What integrators measure: rows and requests over HTTP, against the same server doing less."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import msgspec

from bench import bare, database, imitating, school
from bench.database import LEARNERS, PREFIX
from bench.measuring import Result, median_ratio, micro, progress, time
from bench.serving import Caller, serving
from matricula.lms.catalog.api import ProgramOutline

OK, MANY_ANSWERS, ACCEPTED = 200, 207, 202
CALL = 25
V1 = "/api/program_enrollments/v1/programs/{}/enrollments/"
SAVED = "/api/bench/programs/{}/enrollments/"
LEARNERS_WRITTEN = 10_000
ROUNDS = 3
LEAST_TIMES_BY_V1 = 8
LEAST_TIMES_BY_V2 = 30
MOST_TIMES_BARE = 3
POLL_SECONDS = 0.02


def measure_calls(rows: int) -> list[Result]:
    """Measure new learners through v1 and v2 against a row at a time, and a large file."""
    program, _ = school.program("calls")
    imitating.make_tables(program.organization_id)
    with serving(worker=True) as caller:
        return [*_measure_learners(caller, program), _measure_file(caller, program, rows)]


def _measure_learners(caller: Caller, program: ProgramOutline) -> list[Result]:
    count = LEARNERS_WRITTEN
    bodies, whole = make_bodies(program, count), make_csv(count)
    v1: list[float] = []
    v2: list[float] = []
    saved: list[float] = []
    for number in range(ROUNDS):
        progress(f"HTTP, {count:,} learners: round {number + 1} of {ROUNDS}")
        imitating.empty_tables()
        saved.append(time(partial(send_in_calls, caller, SAVED, program, bodies)) / count)
        _empty()
        v1.append(time(partial(send_in_calls, caller, V1, program, bodies)) / count)
        _empty()
        v2.append(time(partial(_by_one_call, caller, program, whole, count)) / count)
    return [
        _times_faster(
            f"{count:,} new learners by v1 in calls of {CALL}", v1, saved, LEAST_TIMES_BY_V1
        ),
        _times_faster(f"{count:,} new learners by v2 in one call", v2, saved, LEAST_TIMES_BY_V2),
    ]


def _measure_file(caller: Caller, program: ProgramOutline, count: int) -> Result:
    ours: list[float] = []
    floor: list[float] = []
    body = make_csv(count)
    rows = school.program_rows(0, count, status="enrolled")
    copies = [f"{PREFIX}{table}" for table in bare.TABLES]
    with database.connect() as client:
        for number in range(ROUNDS):
            progress(f"HTTP, a file of {count:,} rows: round {number + 1} of {ROUNDS}")
            _empty()
            ours.append(time(lambda: send_and_wait(caller, program, body, count)) / count)
            database.empty(*copies)
            database.run("CHECKPOINT")
            floor.append(time(lambda: bare.upsert_program_rows(client, program, rows)) / count)
    return Result(
        name=f"{count:,} rows by v2 as CSV, request to result: times the bare staged upsert",
        ratio=median_ratio(ours, floor),
        limit=MOST_TIMES_BARE,
        is_at_most=True,
        detail=f"{micro(ours)} against {micro(floor)} µs a row",
    )


def _times_faster(
    what: str, ours: Sequence[float], saved: Sequence[float], least: float
) -> Result:
    return Result(
        name=f"{what}: times the rows a second of a row at a time",
        ratio=median_ratio(saved, ours),
        limit=least,
        is_at_most=False,
        detail=f"{micro(ours)} against {micro(saved)} µs a row",
    )


def _empty() -> None:
    database.empty(*LEARNERS)
    database.run("CHECKPOINT")


def send_in_calls(
    caller: Caller, addresses: str, program: ProgramOutline, bodies: Sequence[bytes]
) -> None:
    """Send learners by calls to ``V1`` or ``SAVED``, one after the other."""
    address = addresses.format(program.uuid)
    for body in bodies:
        status, answer = caller.call("PUT", address, body)
        assert status == OK, answer


def make_bodies(program: ProgramOutline, count: int) -> list[bytes]:
    """Return so many learners as the bodies of calls."""
    curriculum = str(next(iter(program.curricula)))
    rows = [
        {"student_key": school.key(number), "status": "enrolled", "curriculum_uuid": curriculum}
        for number in range(count)
    ]
    return [msgspec.json.encode(rows[at : at + CALL]) for at in range(0, count, CALL)]


def _by_one_call(caller: Caller, program: ProgramOutline, whole: bytes, count: int) -> None:
    address = f"/api/enrollment/v2/programs/{program.key}/roster?mode=upsert"
    status, answer = caller.call("POST", address, whole, "text/csv")
    assert status == OK, answer[:500]
    assert len(msgspec.json.decode(answer)["rows"]) == count


def send_and_wait(caller: Caller, program: ProgramOutline, body: bytes, count: int) -> None:
    """Send a file to the LMS, and read its answers when it is done with it."""
    address = f"/api/enrollment/v2/programs/{program.key}/roster?mode=upsert"
    status, answer = caller.call("POST", address, body, "text/csv")
    if status == OK:
        return
    assert status == ACCEPTED, answer[:500]
    job = f"/api/enrollment/v2/jobs/{msgspec.json.decode(answer)['uuid']}"
    _wait(lambda: msgspec.json.decode(caller.call("GET", job)[1])["state"])
    status, result = caller.call("GET", f"{job}/result", accept="text/csv")
    assert status == OK, result[:500]
    assert result.count(b"\n") == count + 1


def _wait(read_state: Callable[[], str]) -> None:
    from time import sleep  # noqa: PLC0415  ``time`` is ours here

    while (state := read_state()) in {"pending", "in_progress"}:
        sleep(POLL_SECONDS)
    assert state == "succeeded", state


def make_csv(count: int) -> bytes:
    """Return a roster of so many learners."""
    lines = "".join(f"{school.key(number)},enrolled\r\n" for number in range(count))
    return f"student_key,status\r\n{lines}".encode()


def per_second(seconds: Sequence[float]) -> float:
    """Return how many of them go into a second."""
    return 1 / median(seconds)
