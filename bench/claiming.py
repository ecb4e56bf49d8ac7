"""A learner proves a key and has what waits for it: by one binding, or copied row by row."""

from functools import partial

from bench import copying
from bench.crowd import PROGRAMS, RUNS, TIMES_ROWS, Crowd, gather
from bench.measuring import Result, median_ratio, micro, progress, time
from bench.watching import list_statements
from matricula.lms.course_enrollments.api import find_seat_mode
from matricula.lms.identities.api import Outcome, Via, bind_identity
from tests.given import NOW, sign_on

LEARNERS = 41
LEAST_TIMES_FASTER = 25
MOST_STATEMENTS = 3


def measure_claim(rows: int) -> list[Result]:
    """Measure ``bind_identity`` among ten times ``rows`` that wait."""
    crowd = gather(rows * TIMES_ROWS)
    progress("claim: the same rows, to be copied")
    copying.make_waiting_rows()
    progress(f"claim: {LEARNERS} learners")
    statements = list_statements(partial(_bind, crowd, LEARNERS))
    bound: list[float] = []
    copied: list[float] = []
    for number in range(LEARNERS):
        turns = [(bound, partial(_bind, crowd, number)), (copied, partial(_copy, crowd, number))]
        for kept, claim in turns if number % 2 else reversed(turns):
            kept.append(time(claim, tidy=False))
        _require_seats(crowd, number)
    what = f"{PROGRAMS} programs x {RUNS} courses claimed among {crowd.size:,} waiting"
    return [
        Result(
            name=f"{what}: times faster than copying row by row",
            ratio=median_ratio(copied, bound),
            limit=LEAST_TIMES_FASTER,
            is_at_most=False,
            detail=f"{micro(bound)} against {micro(copied)} µs",
        ),
        Result(
            name=f"{what}: statements",
            ratio=len(statements),
            limit=MOST_STATEMENTS,
            is_at_most=True,
            detail="those Django sends between BEGIN and COMMIT",
        ),
    ]


def _bind(crowd: Crowd, number: int) -> None:
    binding = bind_identity(
        name=crowd.names[number],
        account_id=crowd.accounts[number].pk,
        via=Via.SIGN_ON,
        by=sign_on(crowd.names[number].organization_id),
        at=NOW,
    )
    assert binding.outcome is Outcome.BOUND


def _copy(crowd: Crowd, number: int) -> None:
    copied = copying.copy_what_waits(
        external_user_key=crowd.names[number].value, user=crowd.accounts[number]
    )
    assert copied == PROGRAMS * RUNS


def _require_seats(crowd: Crowd, number: int) -> None:
    account_id = crowd.accounts[number].pk
    for run_id in crowd.run_ids:
        assert find_seat_mode(account_id=account_id, course_run_id=run_id) is not None
