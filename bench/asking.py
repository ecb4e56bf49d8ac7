"""Small questions over HTTP: a page of a million rows, and one seat."""

from functools import partial
from urllib.parse import quote

import msgspec

from bench.calling import OK, per_second
from bench.crowd import TIMES_ROWS, gather
from bench.measuring import Result, median_ratio, progress, time
from bench.serving import Caller, serving
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun
from matricula.lms.identities.api import Via, bind_identity
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests.given import NOW, sign_on

PAGES = 40
SEATS = 400
ROUNDS = 7
LEAST_TIMES_PAGES = 2.5
LEAST_SHARE_OF_EMPTY = 0.7
MOST_TIMES_FIRST = 1.3
"""How much longer a page may take far in than at the start: as many rows are read."""


def measure_questions(rows: int) -> list[Result]:
    """Measure listing against a serializer's, and a seat check against an empty view."""
    crowd = gather(rows * TIMES_ROWS)
    learner, name = crowd.accounts[-1], crowd.names[-1]
    by = sign_on(name.organization_id)
    bind_identity(name=name, account_id=learner.pk, via=Via.SIGN_ON, by=by, at=NOW)
    run = CourseRun.objects.get(pk=crowd.run_ids[0])
    with serving() as caller:
        return [*_measure_pages(caller, rows * TIMES_ROWS), _measure_seat(caller, learner, run)]


def _measure_pages(caller: Caller, size: int) -> list[Result]:
    program_id, program = ProgramEnrollment.objects.values_list("program_id", "program__key")[0]
    start = f"/api/enrollment/v2/program-enrollments?program={program}&page_size=100"
    deep = _find_deep_page(caller, start)
    rival = f"/api/bench/listing?program_id={program_id}"
    first: list[float] = []
    far: list[float] = []
    theirs: list[float] = []
    for number in range(ROUNDS):
        progress(f"HTTP, pages: round {number + 1} of {ROUNDS}")
        for kept, address in ((first, start), (far, deep), (theirs, rival)):
            kept.append(time(partial(_ask, caller, address, PAGES)) / PAGES)
    return [
        Result(
            name=f"a page of 100 of {size:,}: times the pages a second of a ModelSerializer",
            ratio=median_ratio(theirs, first),
            limit=LEAST_TIMES_PAGES,
            is_at_most=False,
            detail=f"{per_second(first):,.0f} against {per_second(theirs):,.0f} pages a second",
        ),
        Result(
            name="a page far in: times the first page",
            ratio=median_ratio(far, first),
            limit=MOST_TIMES_FIRST,
            is_at_most=True,
            detail=f"{per_second(far):,.0f} against {per_second(first):,.0f} pages a second",
        ),
    ]


def _measure_seat(caller: Caller, learner: Account, run: CourseRun) -> Result:
    seat = f"/api/enrollment/v2/seats/{quote(learner.username)}/{quote(run.key)}"
    _, answer = caller.call("GET", seat)
    assert msgspec.json.decode(answer)["in"] is True, answer
    asked: list[float] = []
    empty: list[float] = []
    for number in range(ROUNDS):
        progress(f"HTTP, seats: round {number + 1} of {ROUNDS}")
        for kept, address in ((asked, seat), (empty, "/api/bench/empty")):
            kept.append(time(partial(_ask, caller, address, SEATS)) / SEATS)
    return Result(
        name="a seat check: share of the requests a second of an empty authenticated view",
        ratio=median_ratio(empty, asked),
        limit=LEAST_SHARE_OF_EMPTY,
        is_at_most=False,
        detail=f"{per_second(asked):,.0f} against {per_second(empty):,.0f} requests a second",
    )


def _ask(caller: Caller, address: str, times: int) -> None:
    for _ in range(times):
        status, answer = caller.call("GET", address)
        assert status == OK, answer[:500]


def _find_deep_page(caller: Caller, start: str) -> str:
    """Return the address of a page about half a program in, by following pages of the largest."""
    address = start.replace("page_size=100", "page_size=1000")
    for _ in range(100):
        page = msgspec.json.decode(caller.call("GET", address)[1])
        if page["next"] is None:
            break
        following = "/" + page["next"].split("/", 3)[3]
        address = following
    return address.replace("page_size=1000", "page_size=100")
