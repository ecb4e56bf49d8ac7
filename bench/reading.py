"""What one learner has, among a million: no table of learners is read from end to end."""

from collections.abc import Callable
from functools import partial

from bench.crowd import TIMES_ROWS, gather
from bench.database import LEARNERS
from bench.measuring import Result, micro, progress, time
from bench.watching import list_scanned, list_statements
from matricula.lms.course_enrollments.api import find_seat_mode
from matricula.lms.identities.api import Via, bind_identity
from matricula.lms.learners.api import get_learner, get_named_learner, picture_learner
from tests.given import NOW, OPERATOR, sign_on

# The catalog and the schools have a few hundred rows, which are cheapest read whole.
LARGE = {*LEARNERS, "account"}
MOST_FOR_PICTURE = 5
MOST_FOR_SEAT = 1
TIMES_READ = 21


def measure_reads(rows: int) -> list[Result]:
    """Look at the plans of a learner's picture and of one seat check."""
    crowd = gather(rows * TIMES_ROWS)
    learner, name, waiting = crowd.accounts[-1], crowd.names[-1], crowd.names[-2]
    by = sign_on(name.organization_id)
    bind_identity(name=name, account_id=learner.pk, via=Via.SIGN_ON, by=by, at=NOW)
    progress("reads: explaining")
    among = f"among {crowd.size:,}"
    return [
        *_look(
            f"picture of a learner with account, {among}",
            lambda: picture_learner(
                learner=get_learner(username=learner.username, by=OPERATOR), by=OPERATOR
            ),
            MOST_FOR_PICTURE,
        ),
        *_look(
            f"picture of a learner who waits, {among}",
            lambda: picture_learner(
                learner=get_named_learner(name=waiting, by=OPERATOR), by=OPERATOR
            ),
            MOST_FOR_PICTURE,
        ),
        *_look(
            f"one seat check, {among}",
            partial(find_seat_mode, account_id=learner.pk, course_run_id=crowd.run_ids[0]),
            MOST_FOR_SEAT,
        ),
    ]


def _look(name: str, read: Callable[[], object], most: int) -> list[Result]:
    assert read()
    statements = list_statements(read)
    scanned = [table for each in statements for table in list_scanned(each) if table in LARGE]
    taken = [time(read, tidy=False) for _ in range(TIMES_READ)]
    return [
        Result(
            name=f"{name}: statements",
            ratio=len(statements),
            limit=most,
            is_at_most=True,
            detail=f"{micro(taken)} µs in all",
        ),
        Result(
            name=f"{name}: sequential scans",
            ratio=len(scanned),
            limit=0,
            is_at_most=True,
            detail=f"of {', '.join(scanned)}" if scanned else "of no large table",
        ),
    ]
